/** Barriers and what is shared across a workgroup. */
import type { Case } from "../harness.ts";
import { fill, OUT, perLane, withIndex } from "./build.ts";

const SHARED = `${OUT}\n.slot 1 workgroup read write atomic min=256`;
const STORE = "  st.32 v9, s0[w0], C, contig";
/** Stores v9 at v0 (in words) of workgroup memory, waits, and loads v9 from v8 (in words). */
const EXCHANGE = `  shl v10, v0, #2
  st.32 v9, s1[v10], C
  barrier workgroup
  shl v10, v8, #2
  ld.32 v9, s1[v10], C`;

export const SYNC_CASES: readonly Case[] = [
  ...[1, 3, 4, 5, 8, 30, 64].map(
    (size): Case => ({
      name: `each of ${size} invocations reads what the opposite one wrote`,
      asm: withIndex(size, SHARED, `  imul v9, v0, #7\n  mov v8, #${size - 1}\n  isub v8, v8, v0\n${EXCHANGE}\n${STORE}`),
      slots: { 0: fill(size) },
      expect: { 0: perLane(size, (i) => (size - 1 - i) * 7) },
    }),
  ),
  {
    name: "scratch memory is each wave's own, and keeps across barriers",
    asm: withIndex(
      12,
      `${OUT}\n.slot 1 scratch read write min=8`,
      `  imul v9, v0, #3\n  st.32 v9, s1[4], K\n  barrier workgroup\n  ld.32 v9, s1[4], K\n  st.32 v0, s1[4], K\n  barrier workgroup\n${STORE}`,
    ),
    slots: { 0: fill(12) },
    expect: { 0: perLane(12, (i) => 3 * i) },
  },
  {
    name: "a barrier in a g loop: a prefix sum",
    asm: withIndex(
      16,
      SHARED,
      `  shl v10, v0, #2
  iadd v9, v0, #1
  st.32 v9, s1[v10], C
  mov g0, #1
  loop.g
    uge g1, g0, #16
    brk.if g1, 0
    barrier workgroup
    isub v8, v0, g0
    shl v8, v8, #2
    ld.32 v7, s1[v8], Z
    iadd v9, v9, v7
    barrier workgroup
    st.32 v9, s1[v10], C
    shl g0, g0, #1
  endloop
${STORE}`,
    ).replace("min=256", "min=64"),
    slots: { 0: fill(16) },
    expect: { 0: perLane(16, (i) => ((i + 1) * (i + 2)) / 2) },
  },
  {
    name: "barriers in both branches of a g if",
    asm: withIndex(
      8,
      SHARED,
      `  sys g0, workgroup_id.x
  mov v9, v0
  xor v8, v0, #7
  if g0
${EXCHANGE}
    iadd v9, v9, #100
  else
${EXCHANGE}
  end
  sys w1, workgroup_id.x
  shl w1, w1, #5
  iadd w0, w0, w1
${STORE}`,
    ),
    grid: [2, 1, 1],
    slots: { 0: fill(16) },
    expect: { 0: perLane(16, (i) => (i < 8 ? 7 - i : 100 + 15 - i)) },
  },
  {
    name: "g.bcast gives lane 0 of wave 0 to all waves",
    asm: withIndex(12, OUT, `  iadd v2, v0, #41\n  g.bcast g4, v2\n  iadd v9, v0, g4\n${STORE}`),
    slots: { 0: fill(12) },
    expect: { 0: perLane(12, (i) => i + 41) },
  },
  {
    name: "g.bcast in a g loop steers the loop",
    asm: withIndex(
      8,
      OUT,
      `  mov v2, #5
  loop.g
    g.bcast g0, v2
    ieq g1, g0, #0
    brk.if g1, 0
    iadd v9, v9, g0
    isub v2, v2, #1
  endloop
${STORE}`,
    ),
    slots: { 0: fill(8) },
    expect: { 0: fill(8, 15) },
  },
  {
    name: "ld.sync reads one word for all, between barriers",
    asm: withIndex(
      12,
      SHARED,
      `  sys w1, wave
  ieq w2, w1, #2
  if w2
    mov v2, #77
    st.32 v2, s1[8], K
  end
  mov g0, #4
  ld.sync g1, s1[g0 + 4], N lim=8
  if w1
  else
    mov v2, #1
    st.32 v2, s1[8], K
  end
  ld.sync g2, s1[8], K
  iadd v9, v0, g1
  iadd v9, v9, g2
${STORE}`,
    ),
    slots: { 0: fill(12) },
    expect: { 0: perLane(12, (i) => i + 78) },
  },
  {
    name: "a barrier in a called function, called twice",
    asm: withIndex(
      8,
      SHARED,
      `  mov v9, v0
  call rotate, v9, v9
  call rotate, v9, v9
${STORE}`,
      `.func rotate vargs=1 vresults=1
  sys w0, wave
  shl w0, w0, #2
  sys v1, lane
  iadd v1, v1, w0
  shl v2, v1, #2
  barrier workgroup
  st.32 v0, s1[v2], C
  barrier workgroup
  iadd v2, v2, #4
  and v2, v2, #31
  ld.32 v0, s1[v2], C
  ret
.end`,
    ),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => (i + 2) % 8) },
  },
  {
    name: "workgroup memory is zero in each workgroup",
    asm: withIndex(
      8,
      SHARED,
      `  shl v2, v0, #2
  ld.32 v9, s1[v2], C
  mov v3, #1
  st.32 v3, s1[v2], C
  at.add v9, s0[w0], C`,
    ),
    grid: [4, 1, 1],
    slots: { 0: fill(8, 9) },
    expect: { 0: fill(8, 9) },
  },
  {
    name: "workgroup atomics across waves",
    asm: withIndex(
      13,
      SHARED,
      `  mov v2, #1
  at.add v2, s1[0], K
  mov v3, v0
  at.umax v3, s1[4], K
  barrier workgroup
  ld.32 v4, s1[0], K
  ld.32 v5, s1[4], K
  imul v9, v4, #100
  iadd v9, v9, v5
${STORE}`,
    ),
    slots: { 0: fill(13) },
    expect: { 0: fill(13, 1312) },
  },
  {
    name: "lanes that diverged before a barrier meet at it",
    asm: withIndex(
      8,
      SHARED,
      `  mov v2, #0
  loop.v
    uge v3, v2, v0
    brk.if v3, 0
    iadd v4, v2, #1
    mov.m v2, v4
  endloop
  imul v9, v2, #3
  xor v8, v0, #7
${EXCHANGE}
${STORE}`,
    ),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => (7 - i) * 3) },
  },
  {
    name: "a g value kept over a barrier in a loop with w constructs",
    asm: withIndex(
      8,
      SHARED,
      `  mov g0, #3
  sys w1, wave
  loop.g
    if w1
      iadd v9, v9, g0
    end
    barrier workgroup storage
    isub g0, g0, #1
    ieq g1, g0, #0
    brk.if g1, 0
  endloop
${STORE}`,
    ),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => (i < 4 ? 0 : 6)) },
  },
];
