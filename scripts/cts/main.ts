/**
 * `npm run cts`: runs the WebGPU conformance test suite of a checkout against this repository. Exit 0: exactly the known failures failed;
 * 1: others did, or known ones passed; 2: usage. docs/cts.md says how to read it.
 */
import { command } from "./run.ts";

// npm runs scripts in the package's folder and says where it was called
process.exitCode = await command(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
