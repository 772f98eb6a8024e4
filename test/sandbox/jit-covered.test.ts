/** No workgroup sees what another, or a program before it, has left in workgroup memory: covered-programs.ts. */
import { expect, test } from "vitest";
import { compileProgram } from "../../sandbox/jit/index.ts";
import { coveredPrograms, leftovers } from "./covered-programs.ts";

test.each(coveredPrograms().map(({ name, asm }) => [name, asm]))("%s", (_, asm) => {
  expect(leftovers(asm, (token, launch) => compileProgram(token, { shared: false, plainAtomics: true }).run(launch))).toEqual([]);
});
