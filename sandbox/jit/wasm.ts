/**
 * Writes WebAssembly modules: bytes straight into growable arrays, no text and no objects per instruction, because compile time is part
 * of every pipeline's start. It checks nothing; `WebAssembly.Module` validates all of it.
 * @see https://webassembly.github.io/spec/core/binary/
 */

/** Value types. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
/** Block type of a block without results. */
export const EMPTY = 0x40;

/** One-byte instructions. */
export const OP = {
  unreachable: 0x00,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.ne": 0x47,
  "i32.lt_s": 0x48,
  "i32.lt_u": 0x49,
  "i32.gt_s": 0x4a,
  "i32.gt_u": 0x4b,
  "i32.le_s": 0x4c,
  "i32.le_u": 0x4d,
  "i32.ge_s": 0x4e,
  "i32.ge_u": 0x4f,
  "i64.eqz": 0x50,
  "i64.lt_s": 0x53,
  "i64.lt_u": 0x54,
  "i64.ge_s": 0x59,
  "f32.eq": 0x5b,
  "f32.ne": 0x5c,
  "f32.lt": 0x5d,
  "f32.gt": 0x5e,
  "f32.le": 0x5f,
  "f32.ge": 0x60,
  "i32.clz": 0x67,
  "i32.ctz": 0x68,
  "i32.popcnt": 0x69,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.div_s": 0x6d,
  "i32.div_u": 0x6e,
  "i32.rem_s": 0x6f,
  "i32.rem_u": 0x70,
  "i32.and": 0x71,
  "i32.or": 0x72,
  "i32.xor": 0x73,
  "i32.shl": 0x74,
  "i32.shr_s": 0x75,
  "i32.shr_u": 0x76,
  "i32.rotl": 0x77,
  "i64.add": 0x7c,
  "i64.sub": 0x7d,
  "i64.mul": 0x7e,
  "i64.or": 0x84,
  "i64.shl": 0x86,
  "i64.shr_u": 0x88,
  "f32.abs": 0x8b,
  "f32.neg": 0x8c,
  "f32.ceil": 0x8d,
  "f32.floor": 0x8e,
  "f32.trunc": 0x8f,
  "f32.nearest": 0x90,
  "f32.sqrt": 0x91,
  "f32.add": 0x92,
  "f32.sub": 0x93,
  "f32.mul": 0x94,
  "f32.div": 0x95,
  "i32.wrap_i64": 0xa7,
  "i64.extend_i32_s": 0xac,
  "i64.extend_i32_u": 0xad,
  "f32.convert_i32_s": 0xb2,
  "f32.convert_i32_u": 0xb3,
  "f64.convert_i64_s": 0xb9,
  "i32.reinterpret_f32": 0xbc,
  "f32.reinterpret_i32": 0xbe,
  "i64.trunc_f64_s": 0xb0,
} as const;
export type OpName = keyof typeof OP;

/** Instructions behind prefix 0xfc. */
export const MISC = { "i32.trunc_sat_f32_s": 0, "i32.trunc_sat_f32_u": 1, "memory.fill": 11 } as const;

/** Loads and stores: op byte and the natural alignment's exponent. */
export const MEM = {
  "i32.load": 0x28,
  "i32.load8_u": 0x2d,
  "i32.load16_u": 0x2f,
  "i32.store": 0x36,
  "i32.store8": 0x3a,
  "i32.store16": 0x3b,
} as const;
export type MemName = keyof typeof MEM;
export const MEM_ALIGN: { readonly [M in MemName]: number } = {
  "i32.load": 2,
  "i32.load8_u": 0,
  "i32.load16_u": 1,
  "i32.store": 2,
  "i32.store8": 0,
  "i32.store16": 1,
};

/** Vector instructions without immediates, behind prefix 0xfd. */
export const SIMD = {
  "i8x16.swizzle": 14,
  "i32x4.splat": 17,
  "f32x4.splat": 19,
  "i32x4.eq": 55,
  "i32x4.ne": 56,
  "i32x4.lt_s": 57,
  "i32x4.lt_u": 58,
  "i32x4.gt_s": 59,
  "i32x4.gt_u": 60,
  "i32x4.le_s": 61,
  "i32x4.le_u": 62,
  "i32x4.ge_s": 63,
  "i32x4.ge_u": 64,
  "f32x4.eq": 65,
  "f32x4.ne": 66,
  "f32x4.lt": 67,
  "f32x4.gt": 68,
  "f32x4.le": 69,
  "f32x4.ge": 70,
  "v128.not": 77,
  "v128.and": 78,
  "v128.andnot": 79,
  "v128.or": 80,
  "v128.xor": 81,
  "v128.bitselect": 82,
  "v128.any_true": 83,
  "i8x16.popcnt": 98,
  "f32x4.ceil": 103,
  "f32x4.floor": 104,
  "f32x4.trunc": 105,
  "f32x4.nearest": 106,
  "i16x8.extadd_pairwise_i8x16_u": 125,
  "i32x4.extadd_pairwise_i16x8_u": 127,
  "i32x4.abs": 160,
  "i32x4.neg": 161,
  "i32x4.all_true": 163,
  "i32x4.bitmask": 164,
  "i32x4.shl": 171,
  "i32x4.shr_s": 172,
  "i32x4.shr_u": 173,
  "i32x4.add": 174,
  "i32x4.sub": 177,
  "i32x4.mul": 181,
  "i32x4.min_s": 182,
  "i32x4.min_u": 183,
  "i32x4.max_s": 184,
  "i32x4.max_u": 185,
  "i64x2.extmul_low_i32x4_u": 222,
  "i64x2.extmul_high_i32x4_u": 223,
  "f32x4.abs": 224,
  "f32x4.neg": 225,
  "f32x4.sqrt": 227,
  "f32x4.add": 228,
  "f32x4.sub": 229,
  "f32x4.mul": 230,
  "f32x4.div": 231,
  "f32x4.pmin": 234,
  "f32x4.pmax": 235,
  "f64x2.trunc": 122,
  "f64x2.add": 240,
  "f64x2.mul": 242,
  "f64x2.div": 243,
  "i32x4.trunc_sat_f32x4_s": 248,
  "i32x4.trunc_sat_f32x4_u": 249,
  "f32x4.convert_i32x4_s": 250,
  "f32x4.convert_i32x4_u": 251,
  "i32x4.trunc_sat_f64x2_s_zero": 252,
  "i32x4.trunc_sat_f64x2_u_zero": 253,
  "f64x2.convert_low_i32x4_s": 254,
  "f64x2.convert_low_i32x4_u": 255,
} as const;
export type SimdName = keyof typeof SIMD;

/** Vector loads and stores, with the alignment's exponent. */
export const VMEM = {
  "v128.load": [0, 4],
  "v128.load32_splat": [9, 2],
  "v128.load32_zero": [92, 2],
  "v128.load64_zero": [93, 3],
  "v128.store": [11, 4],
} as const;
export type VmemName = keyof typeof VMEM;

/** Vector loads and stores of one lane. */
export const VLANE = {
  "v128.load8_lane": [84, 0],
  "v128.load16_lane": [85, 1],
  "v128.load32_lane": [86, 2],
  "v128.load64_lane": [87, 3],
  "v128.store8_lane": [88, 0],
  "v128.store16_lane": [89, 1],
  "v128.store32_lane": [90, 2],
  "v128.store64_lane": [91, 3],
} as const;
export type VlaneName = keyof typeof VLANE;

/** Atomics, behind prefix 0xfe; all of 32 bits. */
export const ATOMIC = {
  "i32.atomic.load": 0x10,
  "i32.atomic.store": 0x17,
  "i32.atomic.rmw.add": 0x1e,
  "i32.atomic.rmw.and": 0x2c,
  "i32.atomic.rmw.or": 0x33,
  "i32.atomic.rmw.xor": 0x3a,
  "i32.atomic.rmw.xchg": 0x41,
  "i32.atomic.rmw.cmpxchg": 0x48,
} as const;
export type AtomicName = keyof typeof ATOMIC;

/** A growable byte array. */
export class Bytes {
  data: Uint8Array;
  length = 0;
  constructor(capacity = 256) {
    this.data = new Uint8Array(capacity);
  }
  #reserve(more: number): void {
    if (this.length + more <= this.data.length) return;
    const next = new Uint8Array(Math.max(this.data.length * 2, this.length + more));
    next.set(this.data.subarray(0, this.length));
    this.data = next;
  }
  u8(byte: number): void {
    if (this.length === this.data.length) this.#reserve(1);
    this.data[this.length++] = byte;
  }
  /** unsigned LEB128 of a u32 */
  u32(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.u8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.u8(rest);
  }
  /** signed LEB128 of the low 32 bits */
  s32(value: number): void {
    let rest = value | 0;
    while (rest < -0x40 || rest >= 0x40) {
      this.u8((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.u8(rest & 0x7f);
  }
  /** four bytes, little-endian */
  word(value: number): void {
    this.#reserve(4);
    const at = this.length;
    this.data[at] = value;
    this.data[at + 1] = value >>> 8;
    this.data[at + 2] = value >>> 16;
    this.data[at + 3] = value >>> 24;
    this.length = at + 4;
  }
  text(ascii: string): void {
    this.u32(ascii.length);
    for (let i = 0; i < ascii.length; i++) this.u8(ascii.charCodeAt(i));
  }
  append(other: Bytes): void {
    this.#reserve(other.length);
    this.data.set(other.data.subarray(0, other.length), this.length);
    this.length += other.length;
  }
  /** `other` with its length before it */
  section(other: Bytes): void {
    this.u32(other.length);
    this.append(other);
  }
}

/** The nesting depth right inside a block; what branches name. */
export type Label = number;

/** One function's code, and its locals, which may be added at any time. */
export class Code extends Bytes {
  readonly #parameters: number;
  readonly #locals: number[] = [];
  #depth = 0;
  #blocks = 0;
  /** code that runs first; its locals are this one's */
  prefix: Bytes | undefined;
  constructor(parameters: number) {
    super();
    this.#parameters = parameters;
  }
  get localCount(): number {
    return this.#parameters + this.#locals.length;
  }
  /** Blocks, loops and ifs so far. */
  get blockCount(): number {
    return this.#blocks;
  }
  /** A new local, zero at entry. */
  local(type: number): number {
    return this.#parameters + this.#locals.push(type) - 1;
  }
  op(name: OpName): void {
    this.u8(OP[name]);
  }
  simd(name: SimdName): void {
    this.u8(0xfd);
    this.u32(SIMD[name]);
  }
  misc(name: keyof typeof MISC): void {
    this.u8(0xfc);
    this.u32(MISC[name]);
    if (name === "memory.fill") this.u8(0);
  }
  get(local: number): void {
    this.u8(0x20);
    this.u32(local);
  }
  set(local: number): void {
    this.u8(0x21);
    this.u32(local);
  }
  tee(local: number): void {
    this.u8(0x22);
    this.u32(local);
  }
  globalGet(global: number): void {
    this.u8(0x23);
    this.u32(global);
  }
  globalSet(global: number): void {
    this.u8(0x24);
    this.u32(global);
  }
  i32(value: number): void {
    this.u8(0x41);
    this.s32(value);
  }
  i64(value: number): void {
    this.u8(0x42);
    this.s32(value);
  }
  /** @param bits of the f32 */
  f32(bits: number): void {
    this.u8(0x43);
    this.word(bits);
  }
  v128(x: number, y: number, z: number, w: number): void {
    this.u8(0xfd);
    this.u8(12);
    this.word(x);
    this.word(y);
    this.word(z);
    this.word(w);
  }
  splat(bits: number): void {
    this.v128(bits, bits, bits, bits);
  }
  /** i32x4.extract_lane */
  extract(lane: number): void {
    this.u8(0xfd);
    this.u8(27);
    this.u8(lane);
  }
  /** i32x4.replace_lane */
  replace(lane: number): void {
    this.u8(0xfd);
    this.u8(28);
    this.u8(lane);
  }
  /** i8x16.shuffle of whole 32-bit lanes: 0-3 of the first operand, 4-7 of the second */
  shuffle(a: number, b: number, c: number, d: number): void {
    this.u8(0xfd);
    this.u8(13);
    for (const lane of [a, b, c, d]) for (let i = 0; i < 4; i++) this.u8(lane * 4 + i);
  }
  /** i8x16.shuffle */
  shuffleBytes(bytes: readonly number[]): void {
    this.u8(0xfd);
    this.u8(13);
    for (const b of bytes) this.u8(b);
  }
  mem(name: MemName, offset: number): void {
    this.u8(MEM[name]);
    this.u32(MEM_ALIGN[name]);
    this.u32(offset);
  }
  vmem(name: VmemName, offset: number): void {
    this.u8(0xfd);
    this.u32(VMEM[name][0]);
    this.u32(VMEM[name][1]);
    this.u32(offset);
  }
  vlane(name: VlaneName, offset: number, lane: number): void {
    this.u8(0xfd);
    this.u32(VLANE[name][0]);
    this.u32(VLANE[name][1]);
    this.u32(offset);
    this.u8(lane);
  }
  atomic(name: AtomicName): void {
    this.u8(0xfe);
    this.u8(ATOMIC[name]);
    this.u8(2);
    this.u8(0);
  }
  call(fn: number): void {
    this.u8(0x10);
    this.u32(fn);
  }
  /** select of two values of `type` */
  selectOf(type: number): void {
    this.u8(0x1c);
    this.u8(1);
    this.u8(type);
  }
  block(type = EMPTY): Label {
    this.u8(0x02);
    this.u8(type);
    this.#blocks++;
    return ++this.#depth;
  }
  loop(): Label {
    this.u8(0x03);
    this.u8(EMPTY);
    this.#blocks++;
    return ++this.#depth;
  }
  if(type = EMPTY): Label {
    this.u8(0x04);
    this.u8(type);
    this.#blocks++;
    return ++this.#depth;
  }
  else(): void {
    this.u8(0x05);
  }
  end(): void {
    this.u8(0x0b);
    this.#depth--;
  }
  br(label: Label): void {
    this.u8(0x0c);
    this.u32(this.#depth - label);
  }
  brIf(label: Label): void {
    this.u8(0x0d);
    this.u32(this.#depth - label);
  }
  /** The function as the code section holds it. */
  write(out: Bytes): void {
    const locals = new Bytes(64);
    const runs: number[] = [];
    for (const type of this.#locals) {
      if (runs[runs.length - 1] === type) runs[runs.length - 2]!++;
      else runs.push(1, type);
    }
    locals.u32(runs.length / 2);
    for (let i = 0; i < runs.length; i += 2) {
      locals.u32(runs[i]!);
      locals.u8(runs[i + 1]!);
    }
    out.u32(locals.length + (this.prefix?.length ?? 0) + this.length + 1);
    out.append(locals);
    if (this.prefix !== undefined) out.append(this.prefix);
    out.append(this);
    out.u8(0x0b);
  }
}

/** A module in the making. Indices are given out as things are declared; function bodies may come later. */
export class ModuleWriter {
  readonly #types = new Map<string, number>();
  readonly #functionTypes: number[] = [];
  readonly #bodies: (Code | undefined)[] = [];
  readonly #globals = new Bytes();
  #globalCount = 0;
  readonly #exports = new Bytes();
  #exportCount = 0;
  readonly #shared: boolean;
  /** @param shared whether the memory imported as "e" "m" is shared */
  constructor(shared: boolean) {
    this.#shared = shared;
  }
  #type(parameters: readonly number[], results: readonly number[]): number {
    const key = String.fromCharCode(...parameters, 0, ...results);
    let index = this.#types.get(key);
    if (index === undefined) {
      index = this.#types.size;
      this.#types.set(key, index);
    }
    return index;
  }
  /** Declares a function; `body` gives it its code. */
  declare(parameters: readonly number[], results: readonly number[]): number {
    this.#functionTypes.push(this.#type(parameters, results));
    return this.#bodies.push(undefined) - 1;
  }
  body(fn: number, code: Code): void {
    this.#bodies[fn] = code;
  }
  /** A mutable global, zero at first. */
  global(type: number): number {
    const g = this.#globals;
    g.u8(type);
    g.u8(1);
    if (type === V128) {
      g.u8(0xfd);
      g.u8(12);
      for (let i = 0; i < 4; i++) g.word(0);
    } else if (type === I64) {
      g.u8(0x42);
      g.u8(0);
    } else if (type === F64) {
      g.u8(0x44);
      g.word(0);
      g.word(0);
    } else {
      g.u8(0x41);
      g.u8(0);
    }
    g.u8(0x0b);
    return this.#globalCount++;
  }
  exportFunction(name: string, fn: number): void {
    this.#export(name, 0, fn);
  }
  exportGlobal(name: string, global: number): void {
    this.#export(name, 3, global);
  }
  #export(name: string, kind: number, index: number): void {
    this.#exports.text(name);
    this.#exports.u8(kind);
    this.#exports.u32(index);
    this.#exportCount++;
  }
  /** @returns the module's bytes; every declared function has its body by now */
  finish(): Uint8Array<ArrayBuffer> {
    const out = new Bytes(4096);
    out.word(0x6d736100);
    out.word(1);
    const section = (id: number, count: number, fill: (s: Bytes) => void) => {
      if (count === 0) return;
      const s = new Bytes(1024);
      s.u32(count);
      fill(s);
      out.u8(id);
      out.section(s);
    };
    section(1, this.#types.size, (s) => {
      for (const key of this.#types.keys()) writeType(s, key);
    });
    section(2, 1, (s) => {
      s.text("e");
      s.text("m");
      s.u8(2);
      // a shared memory's import must state a maximum that is no less than the memory's own
      s.u8(this.#shared ? 3 : 0);
      s.u32(0);
      if (this.#shared) s.u32(65536);
    });
    section(3, this.#functionTypes.length, (s) => {
      for (const t of this.#functionTypes) s.u32(t);
    });
    section(6, this.#globalCount, (s) => s.append(this.#globals));
    section(7, this.#exportCount, (s) => s.append(this.#exports));
    section(10, this.#bodies.length, (s) => {
      for (const body of this.#bodies) (body ?? new Code(0)).write(s);
    });
    return new Uint8Array(out.data.slice(0, out.length));
  }
}

function writeType(out: Bytes, key: string): void {
  const split = key.indexOf("\0");
  out.u8(0x60);
  for (const part of [key.slice(0, split), key.slice(split + 1)]) {
    out.u32(part.length);
    for (let i = 0; i < part.length; i++) out.u8(part.charCodeAt(i));
  }
}
