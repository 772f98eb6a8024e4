/** Atomics, scratch memory, constants, sizes, scalars in memory: what the address modes alone do not show. */
import type { Case } from "../harness.ts";
import { fill, OUT, perLane, withIndex } from "./build.ts";

type Combine = (old: bigint, value: bigint) => bigint;
const signed = (n: bigint) => BigInt.asIntN(32, n);
const pick = (first: boolean, a: bigint, b: bigint) => (first ? a : b);
const ATOMICS: Readonly<Record<string, Combine>> = {
  "at.add": (old, v) => old + v,
  "at.and": (old, v) => old & v,
  "at.or": (old, v) => old | v,
  "at.xor": (old, v) => old ^ v,
  "at.umin": (old, v) => pick(old < v, old, v),
  "at.umax": (old, v) => pick(old > v, old, v),
  "at.smin": (old, v) => pick(signed(old) < signed(v), old, v),
  "at.smax": (old, v) => pick(signed(old) > signed(v), old, v),
  "at.xchg": (_, v) => v,
};

const OPERANDS = [1, 0xffffffff, 0x7fffffff, 0x80000000, 0x0f0f0f0f, 5, 0, 0x12345678];
const START = [0x80000000, 7, 0xffffffff, 0];

/** Lane i of 8 acts on word i / 2 of slot 1, so that pairs meet; lane 3 of each wave is inactive. Old values go to slot 0. */
function atomicCase(op: string, kind: "storage" | "workgroup", mode: string): Case {
  const memory = kind === "storage" ? START.map(BigInt) : START.map(() => 0n);
  const olds = OPERANDS.map((operand, i) => {
    if (i % 4 === 3) return 0;
    const word = i >> 1;
    const old = memory[word]!;
    memory[word] = BigInt.asUintN(32, ATOMICS[op]!(old, BigInt(operand)));
    return Number(old);
  });
  const slot = kind === "storage" ? "storage read write atomic min=16" : "workgroup read write atomic min=16";
  return {
    name: `${op} in ${kind} memory, mode ${mode}`,
    asm: withIndex(
      8,
      `${OUT}\n.slot 1 ${slot}\n.slot 2 storage read min=32\n.slot 3 storage read write min=16`,
      `  ld.32 v2, s2[w0], C, contig
  shr v3, v0, #1
  shl v3, v3, #2
  ine v4, v1, #3
  if v4
    ${op} v2, s1[v3], ${mode}
    mov.m v9, v2
  end
  st.32 v9, s0[w0], C, contig
  shl v5, v1, #2
  ld.32 v6, s1[v5], C
  st.32 v6, s3[v5], C`,
    ),
    slots: { 0: fill(8), 2: OPERANDS, 3: fill(4), ...(kind === "storage" ? { 1: START } : {}) },
    expect: { 0: olds, 3: memory.map(Number) },
  };
}

export const MEMORY_CASES: readonly Case[] = [
  ...Object.keys(ATOMICS).flatMap((op) =>
    (["storage", "workgroup"] as const).flatMap((kind) =>
      ["N lim=12", "M bits=4", "C", "T", "Z"].map((mode) => atomicCase(op, kind, mode)),
    ),
  ),
  {
    name: "all lanes act on one word in ascending order",
    asm: withIndex(
      8,
      `${OUT}\n.slot 1 storage read write atomic min=4`,
      "  iadd v9, v0, #1\n  at.xchg v9, s1[0], K\n  st.32 v9, s0[w0], C, contig",
    ),
    slots: { 0: fill(8), 1: [100] },
    expect: { 0: [100, 1, 2, 3, 4, 5, 6, 7], 1: [8] },
  },
  {
    name: "at.cas exchanges where the second register is in memory, and keeps that register",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 storage read write atomic min=16\n.slot 2 storage read write min=16`,
      `  shl v3, v1, #2
  iadd v4, v0, #50
  mov v5, #7
  at.cas v4, s1[v3], C
  st.32 v4, s0[w0], C, contig
  st.32 v5, s2[0], K, contig`,
    ),
    slots: { 0: fill(4), 1: [7, 8, 7, 0xffffffff], 2: fill(4) },
    expect: { 0: [7, 8, 7, 0xffffffff], 1: [50, 8, 52, 0xffffffff], 2: fill(4, 7) },
  },
  {
    name: "at.cas by all lanes on one word: a chain",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 storage read write atomic min=4`,
      "  iadd v4, v0, #1\n  mov v5, v0\n  at.cas v4, s1[0], K\n  st.32 v4, s0[w0], C, contig",
    ),
    slots: { 0: fill(4), 1: [0] },
    expect: { 0: [0, 1, 2, 3], 1: [4] },
  },
  {
    name: "at.ld and at.st",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 storage read write atomic min=16`,
      `  shl v3, v1, #2
  and v2, v1, #1
  mov v8, #9
  if v2
    at.ld v8, s1[v3], C
    mov.m v9, v8
  else
    mov v7, #77
    at.st v7, s1[v3], C
  end
  imul v8, v8, #1000
  iadd v9, v9, v8
  st.32 v9, s0[w0], C, contig`,
    ),
    slots: { 0: fill(4), 1: [1, 2, 3, 4] },
    expect: { 0: [0, 2002, 0, 4004], 1: [77, 2, 77, 4] },
  },
  {
    name: "a dropped atomic gives 0",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 storage read write atomic min=8`,
      "  shl v3, v1, #2\n  mov v9, #5\n  at.add v9, s1[v3], Z\n  st.32 v9, s0[w0], C, contig",
    ),
    slots: { 0: fill(4), 1: [10, 20] },
    expect: { 0: [10, 20, 0, 0], 1: [15, 25] },
  },
  ...[1, 2, 3, 4].map((words): Case => {
    const width = [32, 64, 96, 128][words - 1];
    return {
      name: `scratch of ${words} words at an offset per lane`,
      asm: withIndex(
        8,
        `${OUT}\n.slot 1 scratch read write min=64`,
        `  mov v4, v0
  iadd v5, v0, #100
  iadd v6, v0, #200
  iadd v7, v0, #300
  shl v2, v1, #2
  st.${width} v4, s1[v2 + 8], C
  mov v4, #0
  mov v5, #0
  mov v6, #0
  mov v7, #0
  ld.${width} v4, s1[v2 + 8], T
  iadd v9, v4, v5
  iadd v9, v9, v6
  iadd v9, v9, v7
  st.32 v9, s0[w0], C, contig`,
      ),
      slots: { 0: fill(8) },
      expect: { 0: perLane(8, (i) => words * i + [0, 100, 300, 600][words - 1]!) },
    };
  }),
  {
    name: "scratch bytes and halves",
    asm: withIndex(
      8,
      `${OUT}\n.slot 1 scratch read write min=8`,
      `  iadd v2, v0, #0x1200
  st.16 v2, s1[2], K
  mov v3, v1
  st.8 v0, s1[v3 + 4], C
  ld.32 v9, s1[0], K
  ld.32 v8, s1[4], K
  imul v8, v8, #3
  ld.u8 v7, s1[3], K
  iadd v9, v9, v8
  iadd v9, v9, v7
  st.32 v9, s0[w0], C, contig`,
    ),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => (0x1200 + i) * 65536 + 3 * i * 256 ** (i % 4) + 0x12) },
  },
  {
    name: "scratch at one offset, lanes apart, and clamped to a lane's own bytes",
    asm: withIndex(
      8,
      `${OUT}\n.slot 1 scratch read write min=16`,
      `  mov w2, #1000
  st.32 v0, s1[w2], C
  sys w3, wave
  shl w3, w3, #2
  st.32 v0, s1[w3], N lim=8
  mov v2, #0x7777
  st.32 v2, s1[w2], Z
  ld.32 v9, s1[12], K
  ld.32 v8, s1[w3], M bits=3
  imul v8, v8, #100
  iadd v9, v9, v8
  st.32 v9, s0[w0], C, contig`,
    ),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => i + 100 * i) },
  },
  {
    name: "scalars to memory: one value for all lanes, or at an offset per lane",
    asm: withIndex(
      8,
      `${OUT.replace("min=4", "min=8")}\n.slot 1 storage read write min=32`,
      `  sys w2, wave
  iadd w2, w2, #40
  mov g2, #3
  shl v2, v0, #2
  ult v3, v1, #2
  if v3
    st.32 w2, s1[v2], C
  else
    st.32 g2, s1[v2], C
  end
  st.32 w2, s0[w0], C
  mov w5, #1
  mov w6, #2
  st.64 w5, s0[w0 + 8], C`,
    ),
    slots: { 0: fill(8, 0), 1: fill(8) },
    expect: { 0: [40, 0, 1, 2, 41, 0, 1, 2], 1: [40, 40, 3, 3, 41, 41, 3, 3] },
  },
  {
    name: "scalar loads of several words, g loads from read-only slots",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 uniform read min=32`,
      `  ld.128 g0, s1[0], K
  mov g4, #16
  ld.64 g5, s1[g4], N lim=24
  mov w9, #4
  ld.96 w10, s1[w9 + 16], C
  mov v9, g0
  iadd v9, v9, g3
  iadd v9, v9, g5
  iadd v9, v9, g6
  imul v8, w11, #1000
  iadd v9, v9, v8
  ld.u8 w1, s1[29], K
  iadd v9, v9, w1
  st.32 v9, s0[w0], C, contig`,
    ),
    slots: { 0: fill(4), 1: [1, 2, 4, 8, 16, 32, 64, 0x8000] },
    expect: { 0: fill(4, 1 + 8 + 16 + 32 + 64_000 + 128) },
  },
  {
    name: "a scalar load past the end in mode Z gives 0",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 uniform read min=8`,
      "  mov w2, #4\n  mov w3, #9\n  ld.64 w3, s1[w2], Z\n  iadd v9, v9, w3\n  iadd v9, v9, w4\n  st.32 v9, s0[w0], C, contig",
    ),
    slots: { 0: fill(4), 1: [5, 6] },
    expect: { 0: fill(4, 0) },
  },
  {
    name: "constants",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 constant read min=16\n.const 0xdeadbeef 1.5f 3 4`,
      "  shl v2, v1, #2\n  ld.32 v9, s1[v2], N lim=12\n  st.32 v9, s0[w0], C, contig",
    ),
    slots: { 0: fill(4) },
    expect: { 0: [0xdeadbeef, 0x3fc00000, 3, 4] },
  },
  {
    name: "slot.len in all files",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 storage read min=4`,
      "  slot.len g0, s1\n  slot.len w1, s1\n  slot.len v2, s1\n  iadd v9, v2, g0\n  iadd v9, v9, w1\n  slot.len v3, s0\n  iadd v9, v9, v3\n  st.32 v9, s0[w0], C, contig",
    ),
    slots: { 0: fill(4), 1: { words: [1], size: 45 } },
    expect: { 0: fill(4, 3 * 45 + 16) },
  },
  {
    name: "slots that overlap as regions of their own: a store is seen by later loads",
    asm: withIndex(
      4,
      OUT,
      `  st.32 v0, s0[w0], C, contig
  iadd v2, v1, #1
  and v2, v2, #3
  shl v2, v2, #2
  ld.32 v9, s0[v2], C
  st.32 v9, s0[w0], C, contig`,
    ),
    slots: { 0: fill(4) },
    expect: { 0: [1, 2, 3, 0] },
  },
  {
    name: "a wide load into registers that hold its offset",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 storage read min=64`,
      "  shl v3, v1, #4\n  ld.128 v2, s1[v3], C\n  iadd v9, v2, v3\n  iadd v9, v9, v4\n  iadd v9, v9, v5\n  st.32 v9, s0[w0], C, contig",
    ),
    slots: { 0: fill(4), 1: perLane(16, (i) => i) },
    expect: { 0: perLane(4, (i) => 16 * i + 6) },
  },
  {
    name: "an atomic whose offset is its data",
    asm: withIndex(
      4,
      `${OUT}\n.slot 1 storage read write atomic min=16`,
      "  shl v3, v1, #2\n  at.add v3, s1[v3], C\n  st.32 v3, s0[w0], C, contig",
    ),
    slots: { 0: fill(4), 1: [10, 20, 30, 40] },
    expect: { 0: [10, 20, 30, 40], 1: [10, 24, 38, 52] },
  },
];
