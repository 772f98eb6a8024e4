/**
 * tfjs' WebGPU backend, unmodified, on the package that `npm run build` made: its operations against those of its CPU backend. Installs tfjs
 * (71 MB) beside this file. Usage: npm run build && npm run test:clients [-- PART-OF-A-NAME]
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const HERE = import.meta.dirname;
const outfile = join(HERE, "node_modules/compare.bundle.mjs");

if (!existsSync(join(HERE, "node_modules"))) {
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"], { cwd: HERE, stdio: "inherit" });
}
// tfjs' modules leave out file extensions, which Node does not take
await build({
  entryPoints: [join(HERE, "compare.mjs")],
  bundle: true,
  format: "esm",
  platform: "node",
  mainFields: ["module", "main"],
  banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
  logLevel: "error",
  outfile,
});
const register = pathToFileURL(join(HERE, "../../../dist/register.js")).href;
const { status } = spawnSync("node", ["--import", register, outfile, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;
