/**
 * Every access in every mode at edge offsets. What must happen comes from a model of modes.ts written here with BigInts and a plain byte
 * array, lane by lane.
 */
import { CAUSE } from "../../../sandbox/machine/launch.ts";
import type { Case } from "../harness.ts";
import { fill } from "./build.ts";

type Mode = "K" | "N" | "M" | "C" | "T" | "Z";

interface Form {
  readonly mode: Mode;
  /** bytes, and for N the limit in bytes, for M the bits */
  readonly off: number;
  readonly extent: number;
}

/** The offset where a lane's access starts, "drop" or "trap". */
function land({ mode, off, extent }: Form, index: number, width: number, size: number): number | "drop" | "trap" {
  const a = BigInt(index >>> 0);
  const o = BigInt(off);
  let at: bigint;
  if (mode === "K") at = o;
  else if (mode === "N") at = o + (a < BigInt(extent) ? a : BigInt(extent));
  else if (mode === "M") at = o + ((a % 2n ** BigInt(extent)) - ((a % 2n ** BigInt(extent)) % BigInt(width === 12 ? 16 : width)));
  else at = o + a;
  const last = BigInt(size - width);
  if (mode === "C" && at > last) at = last;
  if (mode === "T" && at > last) return "trap";
  if (mode === "Z" && at > last) return "drop";
  const unit = BigInt(Math.min(width, 4));
  return Number(at - (at % unit));
}

/** Bytes that tell offsets apart. */
const byteAt = (i: number) => (i * 37 + (i >> 3) * 11 + 5) & 255;

class Bytes {
  readonly data: number[];
  constructor(size: number) {
    this.data = Array.from({ length: size }, (_, i) => byteAt(i));
  }
  words(): number[] {
    const out: number[] = [];
    for (let i = 0; i < this.data.length; i += 4) out.push(this.word(i, Math.min(4, this.data.length - i)));
    return out;
  }
  /** little-endian, from up to four bytes */
  word(at: number, bytes = 4): number {
    let word = 0;
    for (let k = bytes - 1; k >= 0; k--) word = word * 256 + this.data[at + k]!;
    return word;
  }
  put(at: number, word: number, bytes = 4): void {
    for (let k = 0; k < bytes; k++) this.data[at + k] = Math.floor(word / 256 ** k) % 256;
  }
}

const MIN = 48;
const SIZES = [48, 51];
const LOADS = { "ld.u8": 1, "ld.u16": 2, "ld.32": 4, "ld.64": 8, "ld.96": 12, "ld.128": 16 } as const;
const STORES = { "st.8": 1, "st.16": 2, "st.32": 4, "st.64": 8, "st.96": 12, "st.128": 16 } as const;
const registersOf = (width: number) => Math.max(1, width / 4);

/** Forms that the verifier accepts for this width. */
function forms(width: number): Form[] {
  const align = Math.min(4, width);
  const list: Form[] = [
    { mode: "K", off: 0, extent: 0 },
    { mode: "K", off: 20, extent: 0 },
    { mode: "K", off: MIN - width - ((MIN - width) % align), extent: 0 },
    { mode: "N", off: 0, extent: MIN - Math.max(width, 4) - ((MIN - Math.max(width, 4)) % 4) },
    { mode: "N", off: 8, extent: 12 },
    { mode: "N", off: 16, extent: 0 },
    { mode: "M", off: 0, extent: 5 },
    { mode: "M", off: 16, extent: 5 },
    { mode: "M", off: 28, extent: 4 },
  ];
  for (const mode of ["C", "T", "Z"] as const) {
    for (const off of [0, 4, MIN - 4, 0xffffffc]) list.push({ mode, off, extent: 0 });
  }
  if (align < 4) list.push({ mode: "C", off: align, extent: 0 }, { mode: "Z", off: 3 * align, extent: 0 });
  return list;
}

/** Offsets around every edge, for lanes of waves in turn; a multiple of 4. */
function indices(width: number, size: number): number[] {
  const edges = [0, 1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 31, 32, size - width - 1, size - width, size - width + 1, size - 4, size - 1, size];
  const far = [0x7ffffffc, 0x7fffffff, 0x80000000, 0xf0000000, 0xf0000004, 0xffffffff - size, 0xfffffff0, 0xfffffffc, 0xffffffff];
  const all = [...edges, ...far, ...edges.map((e) => (e * 5) % (size + 9))].map((n) => Math.max(0, n));
  while (all.length % 4 !== 0) all.push(0);
  return all;
}

const suffix = ({ mode, extent }: Form) => (mode === "N" ? `N lim=${extent}` : mode === "M" ? `M bits=${extent}` : mode);
const place = (slot: string, { mode, off }: Form, register: string) => (mode === "K" ? `${slot}[${off}]` : `${slot}[${register} + ${off}]`);
const title = (op: string, form: Form, size: number) => `${op} ${suffix(form)} + ${form.off} in ${size} bytes`;

/** One wave per workgroup; v1 = this wave's offsets from slot 1, w0 = 16 * workgroup. */
function perLaneProgram(body: string, region: string): string {
  return `.workgroup 4 1 1
.slot 0 ${region}
.slot 1 storage read min=16
.slot 2 storage read write min=64
.func main
  sys g0, workgroup_id.x
  shl g0, g0, #4
  mov w0, g0
  ld.32 v1, s1[w0], C, contig
${body}
  ret
.end`;
}

/** Loads at an offset per lane: four words of result per lane, what was not loaded 0xee..; a trap ends it. */
function loadCase(op: keyof typeof LOADS, form: Form, size: number): Case {
  const width = LOADS[op];
  const bytes = new Bytes(size);
  const offsets = indices(width, size);
  const out: number[] = fill(offsets.length * 4, 0);
  const registers = registersOf(width);
  let outcome: Case["outcome"];
  for (let wave = 0; wave < offsets.length / 4 && outcome === undefined; wave++) {
    const starts = [0, 1, 2, 3].map((lane) => land(form, offsets[wave * 4 + lane]!, width, size));
    const trap = starts.indexOf("trap");
    if (trap >= 0) {
      outcome = { cause: CAUSE.bounds, pc: 4, workgroup: wave, wave: 0, lane: trap, slot: 0, offset: form.off + offsets[wave * 4 + trap]! };
      break;
    }
    starts.forEach((start, lane) => {
      for (let k = 0; k < 4; k++) {
        const loaded = typeof start === "number" ? bytes.word(start + 4 * k, Math.min(width, 4)) : 0;
        out[(wave * 4 + k) * 4 + lane] = k < registers ? loaded : 0xeeeeeeee;
      }
    });
  }
  const body = `  mov v4, #0xeeeeeeee
  mov v5, #0xeeeeeeee
  mov v6, #0xeeeeeeee
  mov v7, #0xeeeeeeee
  ${op} v4, ${place("s0", form, "v1")}, ${suffix(form)}
  shl w1, w0, #2
  st.32 v4, s2[w1], C, contig
  st.32 v5, s2[w1 + 16], C, contig
  st.32 v6, s2[w1 + 32], C, contig
  st.32 v7, s2[w1 + 48], C, contig`;
  return {
    name: title(op, form, size),
    asm: perLaneProgram(body, `storage read min=${MIN}`),
    grid: [offsets.length / 4, 1, 1],
    slots: { 0: { words: bytes.words(), size }, 1: offsets, 2: fill(out.length, 0) },
    expect: { 2: out },
    ...(outcome === undefined ? {} : { outcome: { ...outcome, pc: 8 } }),
  };
}

/** Word k that lane `lane` of wave `wave` stores. */
const stored = (wave: number, lane: number, k: number) => (0x01000000 * (wave + 1) + 0x010101 * (lane + 1) + 0x40404040 * k) >>> 0;

/** Stores at an offset per lane, with lane 2 inactive in every other wave. */
function storeCase(op: keyof typeof STORES, form: Form, size: number): Case {
  const width = STORES[op];
  const bytes = new Bytes(size);
  const before = bytes.words();
  const offsets = indices(width, size);
  let outcome: Case["outcome"];
  for (let wave = 0; wave < offsets.length / 4 && outcome === undefined; wave++) {
    const lanes = wave % 2 === 0 ? [0, 1, 2, 3] : [0, 1, 3];
    const starts = lanes.map((lane) => land(form, offsets[wave * 4 + lane]!, width, size));
    const trap = starts.indexOf("trap");
    if (trap >= 0) {
      const lane = lanes[trap]!;
      outcome = { cause: CAUSE.bounds, workgroup: wave, wave: 0, lane, slot: 0, offset: form.off + offsets[wave * 4 + lane]! };
      break;
    }
    lanes.forEach((lane, i) => {
      const start = starts[i]!;
      if (typeof start !== "number") return;
      for (let k = 0; k < registersOf(width); k++) bytes.put(start + 4 * k, stored(wave, lane, k), Math.min(width, 4));
    });
  }
  const body = `  sys v4, workgroup_id.x
  iadd v4, v4, #1
  shl v4, v4, #24
  sys v2, lane
  iadd v3, v2, #1
  imul v3, v3, #0x010101
  iadd v4, v4, v3
  iadd v5, v4, #0x40404040
  iadd v6, v5, #0x40404040
  iadd v7, v6, #0x40404040
  shr w1, w0, #4
  and w1, w1, #1
  ieq v3, v2, #2
  and v3, v3, w1
  ieq v3, v3, #0
  if v3
    ${op} v4, ${place("s0", form, "v1")}, ${suffix(form)}
  end`;
  return {
    name: title(op, form, size),
    asm: perLaneProgram(body, `storage read write min=${MIN}`),
    grid: [offsets.length / 4, 1, 1],
    slots: { 0: { words: before, size }, 1: offsets, 2: fill(16, 0) },
    expect: { 0: bytes.words(), 2: fill(16, 0) },
    ...(outcome === undefined ? {} : { outcome: { ...outcome, pc: 20 } }),
  };
}

/** A scalar offset: contiguous over the lanes (each bounded by itself), or one place for all of them. */
function scalarCases(form: Form, size: number, contiguous: boolean): Case[] {
  return (["ld.32", "ld.96", "ld.u8", "st.32", "st.64", "st.16"] as const).flatMap((op): Case[] => {
    const width = op.startsWith("ld") ? LOADS[op as keyof typeof LOADS] : STORES[op as keyof typeof STORES];
    if (form.off % Math.min(4, width) !== 0) return [];
    if (form.mode === "K" && form.off + width * (contiguous ? 4 : 1) > MIN) return [];
    if (contiguous && form.mode === "M") return [];
    return [0, 4, size - 16, size - 15, size - 3, 0xfffffff8, 0xf0000008].map((base) =>
      scalarCase(op, width, form, size, contiguous, base),
    );
  });
}

function scalarCase(op: string, width: number, form: Form, size: number, contiguous: boolean, base: number): Case {
  const bytes = new Bytes(size);
  const before = bytes.words();
  const isLoad = op.startsWith("ld");
  const lanes = [0, 1, 2, 3];
  const starts = lanes.map((lane) => {
    const step = contiguous ? width * lane : 0;
    return form.mode === "K" ? form.off + step : land(form, (base + step) % 2 ** 32, width, size);
  });
  const trap = starts.indexOf("trap");
  const registers = registersOf(width);
  const out = fill(16, 0xeeeeeeee);
  if (trap < 0) {
    lanes.forEach((lane) => {
      const start = starts[lane]!;
      for (let k = 0; k < registers; k++) {
        if (isLoad) out[k * 4 + lane] = typeof start === "number" ? bytes.word(start + 4 * k, Math.min(width, 4)) : 0;
        else if (typeof start === "number") bytes.put(start + 4 * k, stored(0, lane, k), Math.min(width, 4));
      }
    });
  }
  const wanted = (base + (contiguous ? width * Math.max(trap, 0) : 0)) % 2 ** 32;
  const body = isLoad
    ? `  mov v4, #0xeeeeeeee
  mov v5, #0xeeeeeeee
  mov v6, #0xeeeeeeee
  mov v7, #0xeeeeeeee
  mov w2, #${base}
  ${op} v4, ${place("s0", form, "w2")}, ${suffix(form)}${contiguous ? ", contig" : ""}
  st.32 v4, s2[0], K, contig
  st.32 v5, s2[16], K, contig
  st.32 v6, s2[32], K, contig
  st.32 v7, s2[48], K, contig`
    : `  sys v2, lane
  iadd v4, v2, #1
  imul v4, v4, #0x010101
  iadd v4, v4, #0x01000000
  iadd v5, v4, #0x40404040
  mov w2, #${base}
  ${op} v4, ${place("s0", form, "w2")}, ${suffix(form)}${contiguous ? ", contig" : ""}`;
  return {
    name: `${title(op, form, size)} ${contiguous ? "contiguous" : "in one place"} at ${base}`,
    asm: perLaneProgram(body, `storage read write min=${MIN}`),
    slots: { 0: { words: before, size }, 1: fill(4, 0), 2: fill(16, 0xeeeeeeee) },
    expect: { 0: bytes.words(), 2: out },
    ...(trap < 0
      ? {}
      : { outcome: { cause: CAUSE.bounds, pc: isLoad ? 9 : 10, workgroup: 0, wave: 0, lane: trap, slot: 0, offset: form.off + wanted } }),
  };
}

const SCALAR_FORMS: readonly Form[] = [
  { mode: "K", off: 0, extent: 0 },
  { mode: "K", off: 16, extent: 0 },
  { mode: "N", off: 4, extent: 28 },
  { mode: "M", off: 16, extent: 4 },
  { mode: "C", off: 4, extent: 0 },
  { mode: "T", off: 0, extent: 0 },
  { mode: "Z", off: 4, extent: 0 },
];

export const ACCESS_CASES: readonly Case[] = SIZES.flatMap((size) => [
  ...(Object.keys(LOADS) as (keyof typeof LOADS)[]).flatMap((op) => forms(LOADS[op]).map((form) => loadCase(op, form, size))),
  ...(Object.keys(STORES) as (keyof typeof STORES)[]).flatMap((op) => forms(STORES[op]).map((form) => storeCase(op, form, size))),
  ...SCALAR_FORMS.flatMap((form) => [...scalarCases(form, size, true), ...scalarCases(form, size, false)]),
]);
