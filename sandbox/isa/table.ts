/**
 * The instruction set: one row per instruction. Every other fact about an instruction (encoding, printing, reference meaning, wasm
 * lowering, cost) is a loop over this table or a table typed by its mnemonics, so that a forgotten one does not compile.
 *
 * A word is 64 bits, two u32:
 * ```text
 * low   op[7:0]  d[15:8]  a[23:16]  b[31:24]
 * high  depends on `form`; unused fields are zero, one encoding per meaning
 * ```
 * Operand bytes name file and register: v0-v127 are 0-127 (one value per lane), w0-w63 are 128-191 (one per wave), g0-g63 are
 * 192-255 (one per workgroup). A destination's file says how often the instruction executes, and what it may read: g reads g; w reads
 * g and w; v reads all. Writes to v registers are not masked: they write all four lanes, active or not. Only `mov.m` merges by `exec`.
 * Booleans are 0 or 0xffffffff.
 *
 * Forms, and their high word:
 * - `alu`: sources a, b, then c in [7:0]. With `imm` (a second op code) the last source is the 32-bit immediate instead.
 * - `mem`: d is the first data register (`regs` consecutive ones), a the byte offset register, b the slot;
 *   mode [31:29], contiguous [28], payload [27:0]. See `modes.ts`.
 * - `ctl`: see each row.
 */

/** How often and on what a register file lives. Also the kinds of control flow. */
export type File = "g" | "w" | "v";

/** An operand's role: which files it may be of. "gw" is a scalar of either; "gwv" anything. */
export type Operand = "v" | "w" | "g" | "gw" | "wv" | "gwv";

export type Effect = "none" | "load" | "store" | "atomic" | "sync" | "control";

export interface Row {
  /** op byte */
  readonly code: number;
  /** op byte of the form whose last source is a 32-bit immediate, or -1 */
  readonly imm: number;
  readonly form: "alu" | "mem" | "ctl";
  readonly dst: readonly Operand[];
  readonly src: readonly Operand[];
  /** consecutive 32-bit registers of a `mem` row's data; 1 elsewhere */
  readonly regs: number;
  /** bytes of memory a `mem` row touches per lane, else 0 */
  readonly width: number;
  readonly effect: Effect;
  /** cycles of the stated cost model, per wave */
  readonly cycles: number;
  /** meaning, per active lane where the row says nothing else */
  readonly says: string;
}

function alu<const D extends readonly Operand[], const S extends readonly Operand[]>(
  code: number,
  imm: boolean,
  dst: D,
  src: S,
  cycles: number,
  says: string,
) {
  return { code, imm: imm ? code | 0x80 : -1, form: "alu", dst, src, regs: 1, width: 0, effect: "none", cycles, says } as const;
}
function mem<const D extends readonly Operand[], const S extends readonly Operand[], E extends Effect>(
  code: number,
  dst: D,
  src: S,
  regs: number,
  width: number,
  effect: E,
  cycles: number,
  says: string,
) {
  return { code, imm: -1, form: "mem", dst, src, regs, width, effect, cycles, says } as const;
}
function ctl<const D extends readonly Operand[], const S extends readonly Operand[], E extends Effect>(
  code: number,
  dst: D,
  src: S,
  effect: E,
  says: string,
) {
  return { code, imm: -1, form: "ctl", dst, src, regs: 1, width: 0, effect, cycles: 1, says } as const;
}

const D = ["gwv"] as const;
const S1 = ["gwv"] as const;
const S2 = ["gwv", "gwv"] as const;
const S3 = ["gwv", "gwv", "gwv"] as const;

export const ISA = {
  // moves
  mov: alu(0x00, true, D, S1, 1, "d = a"),
  "mov.m": alu(0x01, true, ["v"], S1, 1, "d = a in lanes of exec; other lanes keep d"),
  sel: alu(0x02, true, D, S3, 1, "d = (a & b) | (~a & c), bit by bit"),
  // integers, modulo 2^32
  iadd: alu(0x03, true, D, S2, 1, "d = a + b"),
  isub: alu(0x04, true, D, S2, 1, "d = a - b"),
  imul: alu(0x05, true, D, S2, 2, "d = a * b"),
  umulh: alu(0x06, true, D, S2, 4, "d = high 32 bits of the unsigned 64-bit product a * b"),
  udiv: alu(0x07, true, D, S2, 12, "d = b = 0 ? a : a / b, unsigned"),
  urem: alu(0x08, true, D, S2, 12, "d = b = 0 ? 0 : a mod b, unsigned"),
  sdiv: alu(0x09, true, D, S2, 12, "d = b = 0 or (a = -2^31 and b = -1) ? a : a / b towards zero"),
  srem: alu(0x0a, true, D, S2, 12, "d = b = 0 or (a = -2^31 and b = -1) ? 0 : a - (a / b) * b, sign of a"),
  and: alu(0x0b, true, D, S2, 1, "d = a & b"),
  or: alu(0x0c, true, D, S2, 1, "d = a | b"),
  xor: alu(0x0d, true, D, S2, 1, "d = a ^ b"),
  not: alu(0x0e, false, D, S1, 1, "d = ~a"),
  ineg: alu(0x0f, false, D, S1, 1, "d = -a"),
  shl: alu(0x10, true, D, S2, 1, "d = a << (b mod 32)"),
  shr: alu(0x11, true, D, S2, 1, "d = a >> (b mod 32), zero filled"),
  sar: alu(0x12, true, D, S2, 1, "d = a >> (b mod 32), sign filled"),
  umin: alu(0x13, true, D, S2, 1, "d = unsigned minimum"),
  umax: alu(0x14, true, D, S2, 1, "d = unsigned maximum"),
  smin: alu(0x15, true, D, S2, 1, "d = signed minimum"),
  smax: alu(0x16, true, D, S2, 1, "d = signed maximum"),
  clz: alu(0x17, false, D, S1, 3, "d = leading zero bits, 32 for 0"),
  ctz: alu(0x18, false, D, S1, 3, "d = trailing zero bits, 32 for 0"),
  popcnt: alu(0x19, false, D, S1, 3, "d = one bits"),
  bitrev: alu(0x1a, false, D, S1, 4, "d = bits in reverse order"),
  ieq: alu(0x1b, true, D, S2, 1, "d = a = b"),
  ine: alu(0x1c, true, D, S2, 1, "d = a != b"),
  ult: alu(0x1d, true, D, S2, 1, "d = a < b, unsigned"),
  ule: alu(0x1e, true, D, S2, 1, "d = a <= b, unsigned"),
  ugt: alu(0x1f, true, D, S2, 1, "d = a > b, unsigned"),
  uge: alu(0x20, true, D, S2, 1, "d = a >= b, unsigned"),
  slt: alu(0x21, true, D, S2, 1, "d = a < b, signed"),
  sle: alu(0x22, true, D, S2, 1, "d = a <= b, signed"),
  sgt: alu(0x23, true, D, S2, 1, "d = a > b, signed"),
  sge: alu(0x24, true, D, S2, 1, "d = a >= b, signed"),
  // f32: IEEE 754 binary32, round to nearest even, denormals kept; every NaN counts as equal
  fadd: alu(0x28, true, D, S2, 1, "d = a + b"),
  fsub: alu(0x29, true, D, S2, 1, "d = a - b"),
  fmul: alu(0x2a, true, D, S2, 1, "d = a * b"),
  fdiv: alu(0x2b, true, D, S2, 6, "d = a / b"),
  ffma: alu(0x2c, true, D, S3, 1, "d = round(round(a * b) + c)"),
  fmin: alu(0x2d, true, D, S2, 1, "d = b < a ? b : a"),
  fmax: alu(0x2e, true, D, S2, 1, "d = a < b ? b : a"),
  fabs: alu(0x2f, false, D, S1, 1, "d = a & 0x7fffffff"),
  fneg: alu(0x30, false, D, S1, 1, "d = a ^ 0x80000000"),
  fsqrt: alu(0x31, false, D, S1, 6, "d = square root"),
  frsq: alu(0x32, false, D, S1, 8, "d = round(1 / round(square root of a))"),
  ffloor: alu(0x33, false, D, S1, 1, "d = a rounded down"),
  fceil: alu(0x34, false, D, S1, 1, "d = a rounded up"),
  ftrunc: alu(0x35, false, D, S1, 1, "d = a rounded to zero"),
  fnear: alu(0x36, false, D, S1, 1, "d = a rounded to nearest, ties to even"),
  feq: alu(0x37, true, D, S2, 1, "d = a = b, false for NaN"),
  fne: alu(0x38, true, D, S2, 1, "d = a != b, true for NaN"),
  flt: alu(0x39, true, D, S2, 1, "d = a < b, false for NaN"),
  fle: alu(0x3a, true, D, S2, 1, "d = a <= b, false for NaN"),
  fgt: alu(0x3b, true, D, S2, 1, "d = a > b, false for NaN"),
  fge: alu(0x3c, true, D, S2, 1, "d = a >= b, false for NaN"),
  f2s: alu(0x3d, false, D, S1, 2, "d = a towards zero as i32, saturated; NaN gives 0"),
  f2u: alu(0x3e, false, D, S1, 2, "d = a towards zero as u32, saturated; NaN gives 0"),
  s2f: alu(0x3f, false, D, S1, 2, "d = i32 a as f32, rounded"),
  u2f: alu(0x40, false, D, S1, 2, "d = u32 a as f32, rounded"),
  f2h: alu(0x41, false, D, S1, 4, "d = f32 a as binary16 in [15:0], rounded; [31:16] = 0"),
  h2f: alu(0x42, false, D, S1, 4, "d = binary16 in a[15:0] as f32"),
  fsin: alu(0x43, false, D, S1, 16, "d = sine (numeric.ts)"),
  fcos: alu(0x44, false, D, S1, 16, "d = cosine (numeric.ts)"),
  fexp2: alu(0x45, false, D, S1, 12, "d = 2^a (numeric.ts)"),
  flog2: alu(0x46, false, D, S1, 12, "d = base-2 logarithm (numeric.ts)"),
  fatan2: alu(0x47, false, D, S2, 20, "d = angle of the point (x = b, y = a) (numeric.ts)"),
  // across lanes; inactive lanes read as 0
  "vote.any": alu(0x48, false, ["w"], ["v"], 1, "d = a != 0 in some active lane"),
  "vote.all": alu(0x49, false, ["w"], ["v"], 1, "d = a != 0 in every active lane"),
  ballot: alu(0x4a, false, ["w"], ["v"], 1, "d = bit i set where lane i is active and a != 0"),
  first: alu(0x4b, false, ["w"], ["v"], 1, "d = a of the first active lane, 0 if there is none"),
  shfl: alu(0x4c, true, ["v"], ["v", "gwv"], 3, "d = a of lane b if b < 4 and that lane is active, else 0"),
  // quad operations read exec, not live
  quad: alu(0x4d, true, ["v"], ["v", "gwv"], 1, "d = a of lane b[2i+1:2i] in lane i, 0 where that lane is inactive"),
  // system values and sizes
  sys: alu(
    0x4e,
    true,
    D,
    ["gwv"],
    1,
    "d = system value #imm (SYS); only the immediate form exists; its class must be readable by d's file",
  ),

  // memory: offset = a + payload, bounded as the word's mode says; low two bits of a are cleared (one for 16 bits, none for 8)
  "ld.u8": mem(0x60, D, ["gwv"], 1, 1, "load", 20, "d = byte, zero extended; inactive lanes get 0"),
  "ld.u16": mem(0x61, D, ["gwv"], 1, 2, "load", 20, "d = 16 bits, zero extended; inactive lanes get 0"),
  "ld.32": mem(0x62, D, ["gwv"], 1, 4, "load", 20, "d = word; inactive lanes get 0"),
  "ld.64": mem(0x63, D, ["gwv"], 2, 8, "load", 20, "d, d+1 = two words"),
  "ld.96": mem(0x64, D, ["gwv"], 3, 12, "load", 20, "d .. d+2 = three words"),
  "ld.128": mem(0x65, D, ["gwv"], 4, 16, "load", 20, "d .. d+3 = four words"),
  "st.8": mem(0x66, [], ["gwv", "gwv"], 1, 1, "store", 20, "byte = d[7:0], in lanes of exec and live"),
  "st.16": mem(0x67, [], ["gwv", "gwv"], 1, 2, "store", 20, "16 bits = d[15:0]"),
  "st.32": mem(0x68, [], ["gwv", "gwv"], 1, 4, "store", 20, "word = d; with a scalar offset the highest active lane's value stays"),
  "st.64": mem(0x69, [], ["gwv", "gwv"], 2, 8, "store", 20, "two words = d, d+1"),
  "st.96": mem(0x6a, [], ["gwv", "gwv"], 3, 12, "store", 20, "three words = d .. d+2"),
  "st.128": mem(0x6b, [], ["gwv", "gwv"], 4, 16, "store", 20, "four words = d .. d+3"),
  // atomics: read d, write the old value to d; lanes in ascending order
  "at.add": mem(0x6c, ["v"], ["v", "gwv"], 1, 4, "atomic", 24, "word += d; d = old"),
  "at.and": mem(0x6d, ["v"], ["v", "gwv"], 1, 4, "atomic", 24, "word &= d; d = old"),
  "at.or": mem(0x6e, ["v"], ["v", "gwv"], 1, 4, "atomic", 24, "word |= d; d = old"),
  "at.xor": mem(0x6f, ["v"], ["v", "gwv"], 1, 4, "atomic", 24, "word ^= d; d = old"),
  "at.umin": mem(0x70, ["v"], ["v", "gwv"], 1, 4, "atomic", 24, "word = unsigned minimum; d = old"),
  "at.umax": mem(0x71, ["v"], ["v", "gwv"], 1, 4, "atomic", 24, "word = unsigned maximum; d = old"),
  "at.smin": mem(0x72, ["v"], ["v", "gwv"], 1, 4, "atomic", 24, "word = signed minimum; d = old"),
  "at.smax": mem(0x73, ["v"], ["v", "gwv"], 1, 4, "atomic", 24, "word = signed maximum; d = old"),
  "at.xchg": mem(0x74, ["v"], ["v", "gwv"], 1, 4, "atomic", 24, "word = d; d = old"),
  "at.cas": mem(0x75, ["v"], ["v", "gwv"], 2, 4, "atomic", 24, "if word = d+1: word = d; d = old; d+1 unchanged"),
  "at.ld": mem(0x76, ["v"], ["gwv"], 1, 4, "atomic", 24, "d = word, atomically; inactive lanes get 0"),
  "at.st": mem(0x77, [], ["v", "gwv"], 1, 4, "atomic", 24, "word = d, atomically"),
  "ld.sync": mem(0x78, ["g"], ["g"], 1, 4, "sync", 40, "a barrier, then d = word of workgroup memory, then a barrier"),
  "slot.len": mem(0x79, D, [], 1, 0, "none", 1, "d = bytes of the region bound to slot b; a and the high word are 0"),

  // control: structured, explicit targets (word index within the object's code) in the high word
  if: ctl(0xe0, [], ["gwv"], "control", "a: condition, its file is the construct's kind; high: its else or end"),
  else: ctl(0xe1, [], [], "control", "high: its end"),
  block: ctl(0xe2, [], [], "control", "d: kind (0 g, 1 w, 2 v); high: its end"),
  loop: ctl(0xe3, [], [], "control", "d: kind; high: its endloop"),
  end: ctl(0xe4, [], [], "control", "closes if, else or block; lanes that left only this construct rejoin"),
  endloop: ctl(0xe5, [], [], "control", "high: its loop; repeats while a lane is active; charges fuel"),
  brk: ctl(0xe6, [], [], "control", "high: depth n; active lanes leave n + 1 enclosing constructs"),
  "brk.if": ctl(0xe7, [], ["gwv"], "control", "as brk, where condition a holds"),
  ret: ctl(0xe8, [], [], "control", "active lanes leave the function"),
  "ret.if": ctl(0xe9, [], ["gwv"], "control", "as ret, where condition a holds"),
  call: ctl(0xea, [], [], "control", "d: first result v; a, b: first v and w argument; high [31:24]: first g argument, [11:0]: function"),
  barrier: ctl(0xeb, [], [], "sync", "high: what is ordered (1 workgroup, 2 storage, 4 textures); all waves of the workgroup wait"),
  "g.bcast": ctl(0xec, ["g"], ["v"], "sync", "a barrier; d = a of lane 0 of wave 0"),
  discard: ctl(0xed, [], [], "control", "active lanes leave live: they run on, but store nothing"),
} as const satisfies Record<string, Row>;

export type Isa = typeof ISA;
export type Mnemonic = keyof Isa;
export type AluMnemonic = { [M in Mnemonic]: Isa[M]["form"] extends "alu" ? M : never }[Mnemonic];
export type MemMnemonic = { [M in Mnemonic]: Isa[M]["form"] extends "mem" ? M : never }[Mnemonic];
export type CtlMnemonic = { [M in Mnemonic]: Isa[M]["form"] extends "ctl" ? M : never }[Mnemonic];

export const MNEMONICS = Object.keys(ISA) as Mnemonic[];

/** Mnemonic of each op byte (immediate forms too), or undefined. */
export const BY_CODE: readonly (Mnemonic | undefined)[] = (() => {
  const table: (Mnemonic | undefined)[] = new Array(256).fill(undefined);
  const claim = (code: number, m: Mnemonic) => {
    if (table[code] !== undefined) throw new Error(`op code 0x${code.toString(16)} is both ${table[code]} and ${m}`);
    table[code] = m;
  };
  for (const m of MNEMONICS) {
    if (m !== "sys") claim(ISA[m].code, m);
    if (ISA[m].imm >= 0) claim(ISA[m].imm, m);
  }
  return table;
})();

/** System values: number, and the file of the least uniform reader that may name it ("g" may be read by all). */
export const SYS = {
  "workgroup_id.x": { index: 0, file: "g" },
  "workgroup_id.y": { index: 1, file: "g" },
  "workgroup_id.z": { index: 2, file: "g" },
  "num_workgroups.x": { index: 3, file: "g" },
  "num_workgroups.y": { index: 4, file: "g" },
  "num_workgroups.z": { index: 5, file: "g" },
  /** index of the wave in its workgroup; lanes are local_invocation_index 4 * wave + lane */
  wave: { index: 6, file: "w" },
  /** 0, 1, 2, 3 */
  lane: { index: 7, file: "v" },
  vertex_index: { index: 8, file: "v" },
  instance_index: { index: 9, file: "v" },
  front_facing: { index: 10, file: "v" },
  sample_index: { index: 11, file: "v" },
  sample_mask: { index: 12, file: "v" },
  primitive_index: { index: 13, file: "v" },
  "position.x": { index: 14, file: "v" },
  "position.y": { index: 15, file: "v" },
  "position.z": { index: 16, file: "v" },
  "position.w": { index: 17, file: "v" },
} as const satisfies Record<string, { index: number; file: File }>;
export type SysName = keyof typeof SYS;

export const WAVE_LANES = 4;
export const V_REGISTERS = 128;
export const W_REGISTERS = 64;
export const G_REGISTERS = 64;
/** Operand byte of register 0 of each file, and of each kind the number in `block` and `loop`. */
export const FILE_BASE = { v: 0, w: 128, g: 192 } as const;
export const KIND = { g: 0, w: 1, v: 2 } as const;

/** Limits of an object. @see DESIGN.md section 4 */
export const MAX_WORDS = 1 << 20;
export const MAX_FUNCTIONS = 4096;
export const MAX_NESTING = 255;
export const MAX_CALL_DEPTH = 64;
export const MAX_SLOTS = 256;
