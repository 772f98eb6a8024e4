/**
 * Workgroup memory that every workgroup writes before it reads any (sandbox/jit/cover.ts), and programs that come near and leave some of it, where
 * what an earlier workgroup has left must not show. Slot 0 is the output: all of workgroup memory, as each of four workgroups sees it in the
 * end. g0 is the workgroup's number + 1, w0 = 16 * wave, w1 = 32 * wave, v0 the local index.
 */
import { runReference } from "../../sandbox/machine/reference.ts";
import { place, type Tier, tokenOf } from "./harness.ts";

export interface CoveredProgram {
  readonly name: string;
  readonly asm: string;
}

const WORDS = 16;

function source(fill: string, lanes = 16, words = WORDS): string {
  const dump = Array.from({ length: words }, (_, k) => `  ld.32 w9, s1[${k * 4}], K\n  st.32 w9, s0[w8 + ${k * 4}], C`).join("\n");
  return `.workgroup ${lanes} 1 1
.slot 0 storage read write min=1024
.slot 1 workgroup read write min=${words * 4}
.func main
  sys g0, workgroup_id.x
  iadd g0, g0, #1
  sys w0, wave
  shl w1, w0, #5
  shl w2, w0, #2
  sys v0, lane
  iadd v0, v0, w2
  shl w0, w0, #4
  sys w8, workgroup_id.x
  shl w8, w8, #6
  mov v1, g0
  mov v2, g0
${fill}
  barrier workgroup
${dump}
  ret
.end`;
}

/** Odd workgroups write to all of the memory beside what is asked for here, so that there is something left. */
const litter = `  and g1, g0, #1
  shl w3, w0, #0
  barrier workgroup
  if g1
    st.32 v0, s1[w3], C, contig
  end`;

const PARTS: Readonly<Record<string, string>> = {
  "all of it": "st.32 v1, s1[w0], N lim=60, contig",
  "all of it, in two words each": "st.64 v1, s1[w1], N lim=120, contig",
  "all but the first wave's": "if w2\nst.32 v1, s1[w0], N lim=60, contig\nend",
  "some lanes": "ult v9, v0, #6\nif v9\nst.32 v1, s1[w0], N lim=60, contig\nend",
  "read first": "ld.32 v3, s1[w0], N lim=60, contig\niadd v1, v1, v3\nst.32 v1, s1[w0], N lim=60, contig",
  "with gaps": "st.32 v1, s1[w1], N lim=60, contig",
  "with gaps, in room for two words each": "st.32 v1, s1[w1], N lim=124, contig",
  "every wave at one place": "and w0, w0, #0\nst.32 v1, s1[w0], N lim=60, contig",
  "clamped to the start": "st.32 v1, s1[w0], N lim=28, contig",
};

export function coveredPrograms(): readonly CoveredProgram[] {
  const programs: CoveredProgram[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    const words = name.includes("two words") ? 32 : WORDS;
    programs.push({ name, asm: source(part, 16, words) });
    programs.push({ name: `${name}, then litter`, asm: source(`${part}\n${litter}`, 16, words) });
  }
  programs.push({ name: "a wave with three lanes", asm: source("st.32 v1, s1[w0], C, contig", 15) });
  programs.push({ name: "a wave with three lanes, then litter", asm: source(`st.32 v1, s1[w0], C, contig\n${litter}`, 15) });
  programs.push({ name: "half of it", asm: source(`st.32 v1, s1[w0], N lim=28, contig\n${litter}`, 8) });
  programs.push({ name: "two halves", asm: source("st.32 v1, s1[w0], N lim=28, contig\nst.32 v2, s1[w0 + 32], N lim=28, contig", 8) });
  programs.push({
    name: "two halves with a gap",
    asm: source(`st.32 v1, s1[w0], N lim=12, contig\nst.32 v2, s1[w0 + 32], N lim=28, contig\n${litter}`, 4),
  });
  const first = "st.32 v1, s1[w0], N lim=28, contig";
  const rest = "st.32 v1, s1[w0 + 64], N lim=28, contig\nst.32 v1, s1[w0 + 96], N lim=28, contig";
  const inGap = litter.replace("s1[w3]", "s1[w3 + 32]");
  programs.push({ name: "three quarters with a gap", asm: source(`${first}\n${rest}\n${inGap}`, 8, 32) });
  return programs;
}

function outputOf(asm: string, tier: Tier, garbage: number): readonly number[] {
  const token = tokenOf(asm);
  const placed = place(token, { slots: { 0: { words: [], size: 1024 } }, grid: [4, 1, 1] });
  const shared = placed.launch.regions[1]!;
  new Uint8Array(placed.memory.buffer, shared.base, shared.size).fill(garbage);
  const { outcome, slots } = placed.result(tier(token, placed.launch));
  return [outcome.cause, ...slots[0]!];
}

/** @returns what a tier gives that is not what the reference machine gives, whatever was left in workgroup memory */
export function leftovers(asm: string, tier: Tier): readonly string[] {
  const expected = outputOf(asm, runReference, 0);
  if (!expected.some((word) => word !== 0)) return ["it stores nothing"];
  return [0, 0xa5].flatMap((garbage) =>
    outputOf(asm, tier, garbage).flatMap((word, i) => (word === expected[i] ? [] : [`word ${i - 1} is ${word}, not ${expected[i]}`])),
  );
}
