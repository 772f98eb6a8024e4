/** Calls: arguments, results, masks and depth. */
import type { Case } from "../harness.ts";
import { FILL, fill, OUT, perLane, withIndex } from "./build.ts";

const STORE = "  st.32 v9, s0[w0], C, contig";

/** f0 calls f1 calls ... `depth` deep; the last gives 1, each adds 1. */
function chain(depth: number): string {
  const functions: string[] = [];
  for (let i = 1; i <= depth; i++) {
    const inner = i === depth ? "" : `  call f${i + 1}, v0\n`;
    functions.push(`.func f${i} vresults=1\n${inner}  iadd v0, v0, #1\n  ret\n.end`);
  }
  return functions.join("\n");
}

export const CALL_CASES: readonly Case[] = [
  {
    name: "a call changes its result registers and no other",
    asm: withIndex(
      4,
      OUT,
      `  mov v8, #100\n  mov v10, #7\n  call f, v9, v8\n  iadd v9, v9, v8\n  iadd v9, v9, v10\n${STORE}`,
      ".func f vargs=1 vresults=1\n  iadd v0, v0, #5\n  mov v1, #1000\n  mov v2, #2000\n  ret\n.end",
    ),
    slots: { 0: fill(4) },
    expect: { 0: fill(4, 212) },
  },
  {
    name: "arguments and results of all files",
    asm: withIndex(
      8,
      OUT,
      `  mov v5, v0
  mov v6, #1000
  sys w5, wave
  mov w6, #7
  mov g3, #40
  call f, v8, v5, w5, g3
  iadd v9, v8, v9
${STORE}`,
      `.func f vargs=2 wargs=2 gargs=1 vresults=2
  iadd v2, v0, v1
  mov v1, g0
  imul w0, w0, #10000
  iadd w0, w0, w1
  iadd v0, v2, w0
  ret
.end`,
    ),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => i + 1000 + (i >> 2) * 10000 + 7 + 40) },
  },
  {
    name: "a callee has registers of its own, zero at entry, and leaves the caller's alone",
    asm: withIndex(
      4,
      OUT,
      `  mov v8, #3
  mov w8, #30
  mov g8, #300
  call f, v2
  mov v20, v2
  call f, v2
  iadd v9, v20, v2
  iadd v9, v9, v8
  iadd v9, v9, w8
  iadd v9, v9, g8
${STORE}`,
      `.func f vresults=1
  iadd v0, v8, w8
  iadd v0, v0, g8
  iadd v0, v0, #1000
  mov v8, #1
  mov w8, #1
  mov g8, #1
  ret
.end`,
    ),
    slots: { 0: fill(4) },
    expect: { 0: fill(4, 2333) },
  },
  {
    name: "a call under a mask, with early returns",
    asm: withIndex(
      8,
      OUT,
      `  mov v9, #5
  and v2, v0, #1
  if v2
    call f, v3, v0
    mov.m v9, v3
  end
${STORE}`,
      `.func f vargs=1 vresults=1
  mov v1, #111
  ult v2, v0, #4
  ret.if v2
  mov.m v0, #222
  ugt v2, v0, #300
  if v2
    mov.m v0, #333
    ret
  end
  ret
.end`,
    ),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => (i % 2 === 0 ? 5 : i < 4 ? i : 222)) },
  },
  {
    name: "lanes that returned in a loop of the callee go on after the call",
    asm: withIndex(
      8,
      OUT,
      `  call f, v9, v0
  iadd v9, v9, #1
${STORE}`,
      `.func f vargs=1 vresults=1
  mov v1, v0
  mov v0, #0
  loop.v
    loop.v
      ieq v2, v0, v1
      ret.if v2
      brk 0
    endloop
    iadd v3, v0, #1
    mov.m v0, v3
  endloop
  ret
.end`,
    ),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => i + 1) },
  },
  {
    name: "results cover inactive lanes too",
    asm: withIndex(
      4,
      OUT,
      `  mov v9, #1\n  ieq v2, v1, #3\n  if v2\n    call f, v9\n  end\n${STORE}`,
      ".func f vresults=1\n  mov v0, #6\n  ret\n.end",
    ),
    slots: { 0: fill(4) },
    expect: { 0: fill(4, 6) },
  },
  {
    name: "scratch and workgroup memory are the caller's",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 scratch read write min=8\n.slot 2 workgroup read write min=16`,
      `  st.32 v0, s1[4], K
  st.32 v0, s2[0], K, contig
  call f
  ld.32 v9, s1[4], K
  ld.32 v8, s2[0], K, contig
  iadd v9, v9, v8
${STORE}`,
      `.func f
  ld.32 v0, s1[4], K
  ld.32 v1, s2[0], K, contig
  imul v0, v0, #3
  imul v1, v1, #100
  st.32 v0, s1[4], K
  st.32 v1, s2[0], K, contig
  ret
.end`,
    ),
    slots: { 0: fill(4) },
    expect: { 0: perLane(4, (i) => i * 103) },
  },
  {
    name: "63 calls deep",
    asm: withIndex(4, OUT, `  call f1, v9\n${STORE}`, chain(63)),
    slots: { 0: fill(4) },
    expect: { 0: fill(4, 63) },
  },
  {
    name: "an early return of the caller after a call",
    asm: withIndex(
      4,
      OUT,
      `  call f, v2, v0\n  ret.if v2\n  mov v9, #1\n${STORE}`,
      ".func f vargs=1 vresults=1\n  and v0, v0, #1\n  ret\n.end",
    ),
    slots: { 0: fill(4) },
    expect: { 0: perLane(4, (i) => (i % 2 === 1 ? FILL : 1)) },
  },
];
