/**
 * What each lane-wise instruction must give, reasoned from BigInts and exact rationals and not from `sandbox/isa/scalar.ts`, and cases that
 * run every instruction in every form over edge values. Any tier can be run on them.
 */
import { type LaneWise, SCALAR } from "../../sandbox/isa/scalar.ts";
import { ISA, type Mnemonic } from "../../sandbox/isa/table.ts";
import * as x from "./exact.ts";
import type { Case } from "./harness.ts";

type Oracle = (a: number, b: number, c: number) => number;

const u = (n: number) => BigInt(n >>> 0);
const s = (n: number) => BigInt(n | 0);
const wrap = (n: bigint) => Number(BigInt.asUintN(32, n));
const truth = (b: boolean | undefined) => (b === true ? 0xffffffff : 0);
const f = (bits: number) => x.decode(bits >>> 0);
const float = (value: x.Real) => x.encode(value);
const bin = (n: number) => (n >>> 0).toString(2).padStart(32, "0");
const order = (a: number, b: number) => x.compare(f(a), f(b));
const least = (a: bigint, b: bigint) => (a < b ? a : b);
const MIN = -(2n ** 31n);
const overflows = (a: number, b: number) => s(b) === 0n || (s(a) === MIN && s(b) === -1n);

/** Special functions have no exact answer: tiers must give the bits of the one library, whose accuracy isa-numeric.test.ts measures. */
const library = (m: "fsin" | "fcos" | "fexp2" | "flog2" | "fatan2"): Oracle => {
  const meaning: (...v: number[]) => number = SCALAR[m];
  return (a, b) => meaning(a, b) >>> 0;
};

export const ORACLE: { readonly [M in LaneWise]: Oracle } = {
  mov: (a) => a >>> 0,
  sel: (a, b, c) => Number.parseInt([...bin(a)].map((bit, i) => (bit === "1" ? bin(b) : bin(c))[i]).join(""), 2),
  iadd: (a, b) => wrap(u(a) + u(b)),
  isub: (a, b) => wrap(u(a) - u(b)),
  imul: (a, b) => wrap(u(a) * u(b)),
  umulh: (a, b) => wrap((u(a) * u(b)) >> 32n),
  udiv: (a, b) => wrap(u(b) === 0n ? u(a) : u(a) / u(b)),
  urem: (a, b) => wrap(u(b) === 0n ? 0n : u(a) % u(b)),
  sdiv: (a, b) => wrap(overflows(a, b) ? s(a) : s(a) / s(b)),
  srem: (a, b) => wrap(overflows(a, b) ? 0n : s(a) % s(b)),
  and: (a, b) => wrap(u(a) & u(b)),
  or: (a, b) => wrap(u(a) | u(b)),
  xor: (a, b) => wrap(u(a) ^ u(b)),
  not: (a) => wrap(~u(a)),
  ineg: (a) => wrap(-u(a)),
  shl: (a, b) => wrap(u(a) << (u(b) % 32n)),
  shr: (a, b) => wrap(u(a) >> (u(b) % 32n)),
  sar: (a, b) => wrap(s(a) >> (u(b) % 32n)),
  umin: (a, b) => wrap(least(u(a), u(b))),
  umax: (a, b) => wrap(-least(-u(a), -u(b))),
  smin: (a, b) => wrap(least(s(a), s(b))),
  smax: (a, b) => wrap(-least(-s(a), -s(b))),
  clz: (a) => (bin(a).includes("1") ? bin(a).indexOf("1") : 32),
  ctz: (a) => (bin(a).includes("1") ? 31 - bin(a).lastIndexOf("1") : 32),
  popcnt: (a) => [...bin(a)].filter((bit) => bit === "1").length,
  bitrev: (a) => Number.parseInt([...bin(a)].reverse().join(""), 2),
  ieq: (a, b) => truth(u(a) === u(b)),
  ine: (a, b) => truth(u(a) !== u(b)),
  ult: (a, b) => truth(u(a) < u(b)),
  ule: (a, b) => truth(u(a) <= u(b)),
  ugt: (a, b) => truth(u(a) > u(b)),
  uge: (a, b) => truth(u(a) >= u(b)),
  slt: (a, b) => truth(s(a) < s(b)),
  sle: (a, b) => truth(s(a) <= s(b)),
  sgt: (a, b) => truth(s(a) > s(b)),
  sge: (a, b) => truth(s(a) >= s(b)),
  fadd: (a, b) => float(x.add(f(a), f(b))),
  fsub: (a, b) => float(x.add(f(a), x.negate(f(b)))),
  fmul: (a, b) => float(x.multiply(f(a), f(b))),
  fdiv: (a, b) => float(x.divide(f(a), f(b))),
  ffma: (a, b, c) => float(x.add(f(float(x.multiply(f(a), f(b)))), f(c))),
  fmin: (a, b) => (order(b, a) === -1 ? b : a) >>> 0,
  fmax: (a, b) => (order(a, b) === -1 ? b : a) >>> 0,
  fabs: (a) => wrap(BigInt.asUintN(31, u(a))),
  fneg: (a) => wrap(u(a) + 2n ** 31n),
  fsqrt: (a) => float(x.squareRoot(f(a))),
  frsq: (a) => float(x.divide(x.rational(false, 1n), f(float(x.squareRoot(f(a)))))),
  ffloor: (a) => float(x.toInteger(f(a), "down")),
  fceil: (a) => float(x.toInteger(f(a), "up")),
  ftrunc: (a) => float(x.toInteger(f(a), "zero")),
  fnear: (a) => float(x.toInteger(f(a), "even")),
  feq: (a, b) => truth(order(a, b) === 0),
  fne: (a, b) => truth(order(a, b) !== 0),
  flt: (a, b) => truth(order(a, b) === -1),
  fle: (a, b) => truth(order(a, b) === -1 || order(a, b) === 0),
  fgt: (a, b) => truth(order(a, b) === 1),
  fge: (a, b) => truth(order(a, b) === 1 || order(a, b) === 0),
  f2s: (a) => wrap(x.saturate(f(a), MIN, 2n ** 31n - 1n)),
  f2u: (a) => wrap(x.saturate(f(a), 0n, 2n ** 32n - 1n)),
  s2f: (a) => float(x.rational(s(a) < 0n, s(a) < 0n ? -s(a) : s(a))),
  u2f: (a) => float(x.rational(false, u(a))),
  f2h: (a) => {
    const value = f(a);
    // Any NaN would do elsewhere; as an integer result it has one form: 0x7e00 and the sign.
    return value.kind === "nan" ? 0x7e00 + (a >>> 31) * 0x8000 : x.encode(value, x.F16);
  },
  h2f: (a) => float(x.decode((a >>> 0) % 0x10000, x.F16)),
  fsin: library("fsin"),
  fcos: library("fcos"),
  fexp2: library("fexp2"),
  flog2: library("flog2"),
  fatan2: library("fatan2"),
};

const isLaneWise = (m: Mnemonic): m is LaneWise => Object.hasOwn(ORACLE, m);
export const LANE_WISE: readonly LaneWise[] = (Object.keys(ISA) as Mnemonic[]).filter(isLaneWise);

/** Rows whose result is an f32: any NaN is as good as another. Moves, sign operations and minima keep bits, so they are not among them. */
const FLOAT_RESULT: ReadonlySet<string> = new Set(
  "fadd fsub fmul fdiv ffma fsqrt frsq ffloor fceil ftrunc fnear h2f fsin fcos fexp2 flog2 fatan2".split(" "),
);
const takesFloats = (m: LaneWise) => m.startsWith("f") && m !== "f2h";

const INTEGERS = [
  0, 1, 2, 3, 7, 31, 32, 33, 255, 0x7fff, 0x8000, 0xffff, 0x10000, 0x12345678, 0x55555555, 0x7ffffffe, 0x7fffffff, 0x80000000,
];
const MORE_INTEGERS = [0x80000001, 0xaaaaaaaa, 0xdeadbeef, 0xffff0000, 0xfffffffe, 0xffffffff];

/** Zeros, denormals, the edges of the normals, halves and integers with ties, the edges of the conversions, infinities, NaNs; both signs. */
const FLOAT_MAGNITUDES = [
  0, 1, 2, 0x007fffff, 0x00800000, 0x00800001, 0x33000000, 0x337fffff, 0x33800000, 0x34000000, 0x38800000, 0x387fe000, 0x3effffff,
  0x3f000000, 0x3f000001, 0x3f3504f3, 0x3f7fffff, 0x3f800000, 0x3f800001, 0x3fc00000, 0x40000000, 0x40200000, 0x40490fdb, 0x40600000,
  0x42c80000, 0x43000000, 0x477fe000, 0x477fefff, 0x477ff000, 0x47800000, 0x4affffff, 0x4b000000, 0x4b000001, 0x4b800000, 0x4effffff,
  0x4f000000, 0x4f7fffff, 0x4f800000, 0x5f000000, 0x7e800000, 0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fc00000, 0x7fffffff,
];

/** A reproducible stream of u32. */
export function randoms(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Pairs of edges: all, or every third of many, shifted from row to row. */
function pairs(edges: readonly number[]): [number, number, number][] {
  const step = edges.length > 40 ? 3 : 1;
  return edges.flatMap((a, i) => edges.filter((_, j) => (i + j) % step === 0).map((b): [number, number, number] => [a, b, 0]));
}

/** Source tuples for a mnemonic: pairs of edges, a sample of the triples, and random values; a multiple of 4. */
export function tuplesFor(m: LaneWise): [number, number, number][] {
  const floats = FLOAT_MAGNITUDES.flatMap((bits) => [bits, (bits | 0x80000000) >>> 0]);
  const edges = takesFloats(m) || m === "f2h" ? floats : [...INTEGERS, ...MORE_INTEGERS];
  const next = randoms(m.length * 7919 + m.charCodeAt(1));
  const pick = () => edges[next() % edges.length]!;
  const tuples: [number, number, number][] = [];
  if (ISA[m].src.length === 1) for (const a of edges) tuples.push([a, 0, 0]);
  else if (ISA[m].src.length === 2) tuples.push(...pairs(edges));
  else for (let i = 0; i < 2000; i++) tuples.push([pick(), pick(), pick()]);
  for (let i = 0; i < 400; i++) tuples.push([next(), next(), next()]);
  // Floats of like size, where sums cancel and roundings tie.
  for (let i = 0; i < 200; i++) {
    const near = () => ((next() & 0x80ffffff) | 0x3f000000) >>> 0;
    tuples.push([near(), near(), near()]);
  }
  while (tuples.length % 4 !== 0) tuples.push([0, 0, 0]);
  return tuples;
}

const columns = (tuples: readonly (readonly number[])[]) => tuples.flat();

export const vectorName = (m: LaneWise) => `${m} in v registers`;

/** All sources in v registers, one tuple per lane. */
export function vectorCase(m: LaneWise): Case {
  const tuples = tuplesFor(m);
  const operands = ["v1", "v2", "v3"].slice(0, ISA[m].src.length).join(", ");
  return {
    name: vectorName(m),
    asm: `.workgroup 4 1 1
.slot 0 storage read min=12
.slot 1 storage read write min=4
.func main
  sys w0, workgroup_id.x
  imul w1, w0, #48
  imul w2, w0, #16
  sys v0, lane
  imul v0, v0, #12
  iadd v0, v0, w1
  ld.96 v1, s0[v0], C
  ${m} v4, ${operands}
  st.32 v4, s1[w2], C, contig
  ret
.end`,
    grid: [tuples.length / 4, 1, 1],
    slots: { 0: columns(tuples), 1: tuples.map(() => 0xaaaaaaaa) },
    expect: { 1: tuples.map(([a, b, c]) => ORACLE[m](a, b, c)) },
    floats: FLOAT_RESULT.has(m),
  };
}

/** Few tuples, all register files and immediates, sources that are the destination: one program per mnemonic. */
export function formsCase(m: LaneWise): Case {
  const n = ISA[m].src.length;
  const all = tuplesFor(m);
  const step = Math.floor(all.length / 8);
  const tuples = Array.from({ length: 8 }, (_, i) => all[i * step]!);
  const lines: string[] = [];
  const expected: number[] = [];
  const store = (from: string, values: readonly number[]) => {
    if (from.startsWith("v")) lines.push(`  st.32 ${from}, s0[${expected.length * 4}], K, contig`);
    else lines.push(`  mov v9, ${from}`, `  st.32 v9, s0[${expected.length * 4}], K, contig`);
    expected.push(...values);
  };
  for (const [a, b, c] of tuples) {
    const value = ORACLE[m](a, b, c);
    const four = [value, value, value, value];
    for (const file of ["w", "g", "v"]) {
      lines.push(`  mov ${file}1, #${a}`, `  mov ${file}2, #${b}`, `  mov ${file}3, #${c}`);
      const sources = [`${file}1`, `${file}2`, `${file}3`].slice(0, n);
      lines.push(`  ${m} ${file}4, ${sources.join(", ")}`);
      store(`${file}4`, four);
      if (ISA[m].imm >= 0) {
        lines.push(`  ${m} ${file}5, ${[...sources.slice(0, -1), `#${[a, b, c][n - 1]}`].join(", ")}`);
        store(`${file}5`, four);
      }
      // the destination is the first source
      lines.push(`  ${m} ${file}1, ${sources.join(", ")}`);
      store(`${file}1`, four);
      // the destination is the last source
      lines.push(`  mov ${file}1, #${a}`, `  ${m} ${file}${n}, ${sources.join(", ")}`);
      store(`${file}${n}`, four);
    }
    // sources of all three files
    lines.push(`  mov v1, #${a}`, `  mov w2, #${b}`, `  mov g3, #${c}`);
    lines.push(`  ${m} v4, ${["v1", "w2", "g3"].slice(0, n).join(", ")}`);
    store("v4", four);
    if (n >= 2) {
      lines.push(`  mov g1, #${a}`, `  mov v2, #${b}`, `  mov w3, #${c}`, `  ${m} v4, ${["g1", "v2", "w3"].slice(0, n).join(", ")}`);
      store("v4", four);
    }
  }
  return {
    name: `${m} in all files and forms`,
    asm: `.workgroup 4 1 1\n.slot 0 storage read write min=${expected.length * 4}\n.func main\n${lines.join("\n")}\n  ret\n.end`,
    slots: { 0: expected.map(() => 0x55555555) },
    expect: { 0: expected },
    floats: FLOAT_RESULT.has(m),
  };
}

/** Every lane-wise instruction over edge values, and in every form. */
export const INSTRUCTION_CASES: readonly Case[] = LANE_WISE.flatMap((m) => [vectorCase(m), formsCase(m)]);
