/** No workgroup sees what another, or a program before it, has left in workgroup memory: covered-programs.ts. */
import { expect, test } from "vitest";
import { compileProgram } from "../../sandbox/jit/index.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { coveredPrograms } from "./covered-programs.ts";
import { place, type Tier, tokenOf } from "./harness.ts";

const jit: Tier = (token, launch) => compileProgram(token, { shared: false, plainAtomics: true }).run(launch);

function outputOf(asm: string, tier: Tier, garbage: number) {
  const token = tokenOf(asm);
  const placed = place(token, { slots: { 0: { words: [], size: 1024 } }, grid: [4, 1, 1] });
  const shared = placed.launch.regions[1]!;
  new Uint8Array(placed.memory.buffer, shared.base, shared.size).fill(garbage);
  const { outcome, slots } = placed.result(tier(token, placed.launch));
  return { cause: outcome.cause, words: [...slots[0]!] };
}

test.each(coveredPrograms().map(({ name, asm }) => [name, asm]))("%s", (_, asm) => {
  const expected = outputOf(asm, runReference, 0);
  expect(expected.words.some((word) => word !== 0)).toBe(true);
  for (const garbage of [0, 0xa5]) expect(outputOf(asm, jit, garbage)).toEqual(expected);
});
