/** Programs made to mislead the fast tier: special-programs.ts. */
import { expect, test } from "vitest";
import { compileProgram } from "../../sandbox/jit/index.ts";
import { CAUSE } from "../../sandbox/machine/launch.ts";
import { randoms } from "../campaign/random.ts";
import { assembleOrThrow } from "./harness.ts";
import { SPECIAL_PROGRAMS } from "./special-programs.ts";
import { compareTiers } from "./tiers.ts";

test.each(Object.entries(SPECIAL_PROGRAMS))("%s", (_, asm) => {
  const parts = assembleOrThrow(asm);
  for (const options of [
    { shared: false, plainAtomics: true },
    { shared: true, plainAtomics: false },
  ]) {
    const next = randoms(7);
    const words = Array.from({ length: 175 }, next);
    const bound = { 0: { words, size: 700 }, 1: { words: [], size: 4096 }, 2: { words: [1, 0, 3, 4], size: 16 } };
    const tier = (token: Parameters<typeof compileProgram>[0], launch: Parameters<ReturnType<typeof compileProgram>["run"]>[0]) =>
      compileProgram(token, options).run(launch);
    const compared = compareTiers(parts, randoms(5), tier, { shared: options.shared, bound, fuel: 100_000 });
    expect(compared).toEqual({ differences: [], cause: CAUSE.end, isLoose: false });
  }
});
