/** The fast tier uses the fuel that the reference machine uses, and ends where that ends: counted-programs.ts. */
import { expect, test } from "vitest";
import { compileProgram, type JitProgram } from "../../sandbox/jit/index.ts";
import { CAUSE } from "../../sandbox/machine/launch.ts";
import { randoms } from "../campaign/random.ts";
import { type CountedProgram, countedPrograms } from "./counted-programs.ts";
import { assembleOrThrow } from "./harness.ts";
import { compareTiers } from "./tiers.ts";

/** @returns how it ended each time */
function compare({ asm, bounds }: CountedProgram): (number | undefined)[] {
  const parts = assembleOrThrow(asm);
  let program: JitProgram | undefined;
  return bounds.map((words) => {
    const bound = { 0: { words: [], size: 64 }, 1: { words, size: 8 } };
    const compared = compareTiers(
      parts,
      randoms(3),
      (token, launch) => {
        program ??= compileProgram(token, { shared: false, plainAtomics: true });
        return program.run(launch);
      },
      { bound, fuel: 3000 },
    );
    expect(compared?.differences ?? [], `${asm}\nfrom ${words[0]} to ${words[1]}`).toEqual([]);
    return compared?.cause;
  });
}

test.each([...new Set(countedPrograms().map(({ name }) => name))])("a counter in %s", (name) => {
  const causes = countedPrograms()
    .filter((each) => each.name === name)
    .flatMap(compare);
  expect(causes, "the verifier takes it, and some of them end").toContain(CAUSE.end);
  expect(causes).not.toContain(undefined);
});
