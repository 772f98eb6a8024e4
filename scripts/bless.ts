/** `npm run bless -- FILE|GLOB ...`: rewrites the expected sections of golden shader files. Review the difference as behaviour. */
import { readInputs } from "../cli/files.ts";
import { bless } from "../test/golden.ts";

for (const { name } of readInputs(process.argv.slice(2))) console.log(`${bless(name) ? "blessed" : "as it was"}  ${name}`);
