/**
 * Runs IR, slowly and plainly: the oracle that passes are tested against. One invocation at a time, its own arithmetic (no code of ir/ beyond the
 * columns and types), all memory in bytes by the types' layout, so that accesses through pointers and through spans see the same.
 * Scalars are bits in a number (u32; bool 0 or 1; f16 the bits of its f32); composites are arrays.
 */
import type { BlockId, FunctionId, Module, Value } from "../../ir/module.ts";
import { ATOMIC, OP, type OpName } from "../../ir/ops.ts";
import { TYPE_KIND, type TypeId } from "../../ir/types.ts";
import { halfOf, ofHalf } from "./half.ts";

export type Data = number | readonly Data[] | Pointer;
interface Pointer {
  readonly variable: Value;
  readonly offset: number;
}
/** Bytes of buffers (by name), read and written. Others start as zeros. */
export interface Run {
  readonly buffers: ReadonlyMap<string, Uint8Array>;
  /** bits of each component of a built-in input */
  readonly inputs: ReadonlyMap<string, readonly number[]>;
  /** told of every value as it is made */
  readonly observe?: (v: Value, data: Data) => void;
  /** instructions to run before giving up */
  readonly fuel?: number;
}

const view = new DataView(new ArrayBuffer(8));
const f32 = (bits: number) => {
  view.setUint32(0, bits);
  return view.getFloat32(0);
};
const bitsOf = (x: number) => {
  view.setFloat32(0, x);
  return view.getUint32(0);
};

export class OutOfFuel extends Error {}

/** Runs the entry point for one invocation. */
export function runIr(m: Module, run: Run): void {
  new Interpreter(m, run).call(m.entry!.func, []);
}

export class Interpreter {
  readonly m: Module;
  readonly run: Run;
  readonly memory = new Map<Value, Uint8Array>();
  fuel: number;

  constructor(m: Module, run: Run) {
    this.m = m;
    this.run = run;
    this.fuel = run.fuel ?? 200_000;
  }

  call(f: FunctionId, args: readonly Data[]): Data {
    const { m } = this;
    const fn = m.functions[f]!;
    const values = new Map<Value, Data>();
    for (const [i, p] of fn.params.entries()) values.set(p, args[i]!);
    let block = fn.first;
    let from = -1 as BlockId;
    for (;;) {
      let v = m.first(block);
      const phis: [Value, Data][] = [];
      for (; m.op(v) === OP.Phi; v = m.next(v)) phis.push([v, this.phi(v, from, values)]);
      for (const [p, d] of phis) {
        values.set(p, d);
        this.run.observe?.(p, d);
      }
      let next = -1 as BlockId;
      for (; v !== -1; v = m.next(v)) {
        if (--this.fuel < 0) throw new OutOfFuel();
        const name = m.opName(v);
        const arg = (i: number) => this.value(m.operand(v, i), values);
        switch (name) {
          case "Branch":
            next = m.arg(v, 0) as BlockId;
            break;
          case "BranchConditional":
            next = m.arg(v, arg(0) !== 0 ? 1 : 2) as BlockId;
            break;
          case "Switch":
            next = this.switchTo(v, arg(0) as number);
            break;
          case "Return":
          case "Kill":
            return 0;
          case "ReturnValue":
            return arg(0);
          case "Unreachable":
            throw new Error("reached Unreachable");
          case "FunctionCall": {
            const list: Data[] = [];
            for (let i = 1; i < m.argCount(v); i++) list.push(arg(i));
            values.set(v, this.call(m.arg(v, 0) as FunctionId, list));
            break;
          }
          case "Variable":
            // a new one for each call
            this.memory.delete(v);
            if (m.argCount(v) > 1) this.write({ variable: v, offset: 0 }, m.types.pointee(m.type(v)), arg(1));
            break;
          default:
            values.set(v, this.instruction(v, name, arg));
            this.run.observe?.(v, values.get(v)!);
        }
      }
      from = block;
      block = next;
    }
  }
  phi(v: Value, from: BlockId, values: ReadonlyMap<Value, Data>): Data {
    const { m } = this;
    for (let i = 0; i < m.argCount(v); i += 2) if (m.arg(v, i + 1) === from) return this.value(m.operand(v, i), values);
    throw new Error("a phi without its predecessor");
  }
  switchTo(v: Value, selector: number): BlockId {
    const { m } = this;
    for (let i = 2; i < m.argCount(v); i += 2) if (m.arg(v, i) >>> 0 === selector) return m.arg(v, i + 1) as BlockId;
    return m.arg(v, 1) as BlockId;
  }
  value(v: Value, values: ReadonlyMap<Value, Data>): Data {
    const { m } = this;
    const op = m.op(v);
    if (op === OP.Constant) return m.arg(v, 0) >>> 0;
    if (op === OP.ConstantNull || op === OP.Undef) return this.zero(m.type(v));
    if (op === OP.ConstantComposite) return Array.from({ length: m.argCount(v) }, (_, i) => this.value(m.operand(v, i), values));
    if (op === OP.Variable) return { variable: v, offset: 0 };
    const known = values.get(v);
    if (known === undefined) throw new Error(`value ${v} (${m.opName(v)}) is used before it is defined`);
    return known;
  }
  zero(type: TypeId): Data {
    const { types } = this.m;
    const kind = types.kind(type);
    if (kind < TYPE_KIND.Vector || kind > TYPE_KIND.Struct) return 0;
    return Array.from({ length: types.length(type) }, (_, i) => this.zero(this.part(type, i)));
  }
  part(type: TypeId, i: number): TypeId {
    const { types } = this.m;
    return types.kind(type) === TYPE_KIND.Struct ? types.memberType(type, i) : types.element(type);
  }

  // ---- memory
  bytes(variable: Value): Uint8Array {
    const { m } = this;
    let bytes = this.memory.get(variable);
    if (!bytes) {
      const global = m.globals.find((g) => g.value === variable);
      const type = m.types.pointee(m.type(variable));
      bytes = (global && this.run.buffers.get(global.name)) ?? new Uint8Array(Math.max(4, m.types.sizeBytes(type) + 3));
      this.memory.set(variable, bytes);
      if (global && m.argCount(variable) > 1) this.write({ variable, offset: 0 }, type, this.value(m.operand(variable, 1), new Map()));
      const input = global && this.run.inputs.get(global.builtin);
      if (input)
        input.forEach((bits, i) => {
          new DataView(bytes!.buffer).setUint32(4 * i, bits, true);
        });
    }
    return bytes;
  }
  view(p: Pointer, size: number): DataView {
    const bytes = this.bytes(p.variable);
    if (p.offset < 0 || p.offset + size > bytes.length) throw new Error(`access of ${size} bytes at ${p.offset} of ${bytes.length}`);
    return new DataView(bytes.buffer, bytes.byteOffset + p.offset, size);
  }
  read(p: Pointer, type: TypeId): Data {
    const { types } = this.m;
    if (type === types.f16) return bitsOf(ofHalf(this.view(p, 2).getUint16(0, true)));
    if (type === types.bool) return this.view(p, 4).getUint32(0, true) === 0 ? 0 : 1;
    if (types.isScalar(type)) return this.view(p, 4).getUint32(0, true);
    return Array.from({ length: types.length(type) }, (_, i) => this.read(this.step(p, type, i), this.part(type, i)));
  }
  write(p: Pointer, type: TypeId, data: Data): void {
    const { types } = this.m;
    if (type === types.f16) this.view(p, 2).setUint16(0, halfOf(f32(data as number)), true);
    else if (types.isScalar(type)) this.view(p, 4).setUint32(0, data as number, true);
    else for (let i = 0; i < types.length(type); i++) this.write(this.step(p, type, i), this.part(type, i), (data as readonly Data[])[i]!);
  }
  step(p: Pointer, type: TypeId, i: number): Pointer {
    const { types } = this.m;
    const kind = types.kind(type);
    if (kind === TYPE_KIND.Struct) return { variable: p.variable, offset: p.offset + types.memberOffset(type, i) };
    const stride = kind === TYPE_KIND.Vector ? types.sizeBytes(types.element(type)) : types.stride(type);
    return { variable: p.variable, offset: p.offset + i * stride };
  }
  /** A span's place: the offset clamped into the extent, low bits cleared. */
  span(v: Value, arg: (i: number) => Data, first: number, size: number): Pointer {
    const { m } = this;
    const { variable } = arg(0) as Pointer;
    const [start, extent] = [m.arg(v, first), m.arg(v, first + 1)];
    const room = extent > 0 ? start + extent : this.bytes(variable).length;
    const at = Math.min(start + (arg(1) as number), room - size);
    return { variable, offset: size === 2 ? at & ~1 : at & ~3 };
  }

  // ---- instructions
  instruction(v: Value, name: OpName, arg: (i: number) => Data): Data {
    const { m } = this;
    const type = m.type(v);
    switch (name) {
      case "AccessChain": {
        let p = arg(0) as Pointer;
        let at = m.types.pointee(m.type(m.operand(v, 0)));
        for (let i = 1; i < m.argCount(v); i++) {
          const index = arg(i) as number;
          p = this.step(p, at, index);
          at = this.part(at, m.types.kind(at) === TYPE_KIND.Struct ? index : 0);
        }
        return p;
      }
      case "Load":
      case "WorkgroupUniformLoad":
        return this.read(arg(0) as Pointer, type);
      case "Store":
        this.write(arg(0) as Pointer, m.type(m.operand(v, 1)), arg(1));
        return 0;
      case "ArrayLength": {
        let p = arg(0) as Pointer;
        let at = m.types.pointee(m.type(m.operand(v, 0)));
        for (let i = 1; i < m.argCount(v); i++) {
          p = this.step(p, at, m.arg(v, i));
          at = this.part(at, m.arg(v, i));
        }
        return Math.floor((this.bytes(p.variable).length - p.offset) / m.types.stride(at));
      }
      case "SpanLoad":
      case "SpanUniformLoad":
        return this.read(this.span(v, arg, 2, m.types.sizeBytes(type)), type);
      case "SpanStore": {
        const stored = m.type(m.operand(v, 2));
        this.write(this.span(v, arg, 3, m.types.sizeBytes(stored)), stored, arg(2));
        return 0;
      }
      case "SpanLength":
        return this.bytes((arg(0) as Pointer).variable).length;
      case "SpanAtomic": {
        const p = this.span(v, arg, 2, 4);
        return this.atomic(p, m.arg(v, 4), m.argCount(v) > 5 ? (arg(5) as number) : 0, m.argCount(v) > 6 ? (arg(6) as number) : 0);
      }
      case "ControlBarrier":
        return 0;
      case "CompositeConstruct": {
        const parts = Array.from({ length: m.argCount(v) }, (_, i) => arg(i));
        return m.types.kind(type) === TYPE_KIND.Vector ? parts.flat() : parts;
      }
      case "CompositeExtract": {
        let d = arg(0);
        for (let i = 1; i < m.argCount(v); i++) d = (d as readonly Data[])[m.arg(v, i)]!;
        return d;
      }
      case "CompositeInsert":
        return insert(
          arg(1),
          Array.from({ length: m.argCount(v) - 2 }, (_, i) => m.arg(v, i + 2)),
          arg(0),
        );
      case "VectorShuffle": {
        const both = [...(arg(0) as readonly Data[]), ...(arg(1) as readonly Data[])];
        return Array.from({ length: m.argCount(v) - 2 }, (_, i) => both[m.arg(v, i + 2)]!);
      }
      case "VectorExtractDynamic": {
        const parts = arg(0) as readonly Data[];
        return parts[Math.min(arg(1) as number, parts.length - 1)]!;
      }
      case "VectorInsertDynamic":
        return (arg(0) as readonly Data[]).map((x, i) => (i === arg(2) ? arg(1) : x));
      default:
        break;
    }
    if (ATOMICS[name] !== undefined) {
      return this.atomic(
        arg(0) as Pointer,
        ATOMICS[name],
        m.argCount(v) > 1 ? (arg(1) as number) : 0,
        m.argCount(v) > 2 ? (arg(2) as number) : 0,
      );
    }
    const args = Array.from({ length: m.argCount(v) }, (_, i) => arg(i));
    return this.arithmetic(v, name, args);
  }
  atomic(p: Pointer, kind: number, value: number, comparator: number): number {
    const at = this.view(p, 4);
    const old = at.getUint32(0, true);
    const next = [
      () => old,
      () => value,
      () => value,
      () => (old === comparator ? value : old),
      () => old + value,
      () => old - value,
      () => Math.min(old | 0, value | 0),
      () => Math.min(old, value),
      () => Math.max(old | 0, value | 0),
      () => Math.max(old, value),
      () => old & value,
      () => old | value,
      () => old ^ value,
    ][kind]!();
    at.setUint32(0, next >>> 0, true);
    return old;
  }
  /** Component by component; scalar operands beside vectors are used in each. */
  arithmetic(v: Value, name: OpName, args: readonly Data[]): Data {
    const { m } = this;
    const type = m.type(v);
    const whole = WHOLE[name];
    if (whole) return whole(args, this.isFloat(m.type(m.operand(v, 0))));
    const scalar = SCALAR[name];
    if (!scalar) throw new Error(`the interpreter does not know ${name}`);
    const round = this.isHalf(type) ? (bits: number) => bitsOf(ofHalf(halfOf(f32(bits)))) : (bits: number) => bits >>> 0;
    const each = (list: readonly Data[]): Data => {
      const vector = list.find((d): d is readonly Data[] => Array.isArray(d));
      if (!vector) return round(scalar(...(list as readonly number[])));
      return vector.map((_, i) => each(list.map((d) => (Array.isArray(d) ? d[i]! : d) as Data)));
    };
    return each(args);
  }
  isHalf(type: TypeId): boolean {
    let t = type;
    while (this.m.types.kind(t) === TYPE_KIND.Vector || this.m.types.kind(t) === TYPE_KIND.Matrix) t = this.m.types.element(t);
    return t === this.m.types.f16;
  }
  isFloat(type: TypeId): boolean {
    let t = type;
    while (this.m.types.kind(t) === TYPE_KIND.Vector || this.m.types.kind(t) === TYPE_KIND.Matrix) t = this.m.types.element(t);
    return this.m.types.kind(t) === TYPE_KIND.Float;
  }
}

function insert(into: Data, path: readonly number[], part: Data): Data {
  if (path.length === 0) return part;
  return (into as readonly Data[]).map((d, i) => (i === path[0] ? insert(d, path.slice(1), part) : d));
}

const ATOMICS: Partial<Record<OpName, number>> = {
  AtomicLoad: ATOMIC.load,
  AtomicStore: ATOMIC.store,
  AtomicExchange: ATOMIC.exchange,
  AtomicCompareExchange: ATOMIC.compareExchange,
  AtomicIAdd: ATOMIC.iadd,
  AtomicISub: ATOMIC.isub,
  AtomicSMin: ATOMIC.smin,
  AtomicUMin: ATOMIC.umin,
  AtomicSMax: ATOMIC.smax,
  AtomicUMax: ATOMIC.umax,
  AtomicAnd: ATOMIC.and,
  AtomicOr: ATOMIC.or,
  AtomicXor: ATOMIC.xor,
};

const fun =
  (f: (...x: number[]) => number) =>
  (...bits: number[]) =>
    bitsOf(f(...bits.map(f32)));
const test = (f: (a: number, b: number) => boolean) => (a: number, b: number) => (f(a, b) ? 1 : 0);
const compareF = (f: (a: number, b: number) => boolean) => (a: number, b: number) => (f(f32(a), f32(b)) ? 1 : 0);
const r = Math.fround;
const even = (x: number) => {
  const floor = Math.floor(x);
  const d = x - floor;
  return d < 0.5 ? floor : d > 0.5 ? floor + 1 : floor % 2 === 0 ? floor : floor + 1;
};
const sign0 = (y: number, x: number) => (y === 0 && (x < 0 || Object.is(x, -0)) ? -0 : y);
const reverse = (x: number) => {
  let y = 0;
  for (let i = 0; i < 32; i++) if ((x >>> i) & 1) y |= 1 << (31 - i);
  return y;
};
const count = (x: number) => {
  let n = 0;
  for (let i = 0; i < 32; i++) n += (x >>> i) & 1;
  return n;
};
const field = (o: number, n: number) => {
  const offset = Math.min(o, 32);
  return [offset, Math.min(n, 32 - offset)] as const;
};
const mask = (n: number) => (n === 32 ? 0xffffffff : 2 ** n - 1);
const bytesOf = (x: number, signed: boolean) => [0, 8, 16, 24].map((s) => (signed ? (x << (24 - s)) >> 24 : (x >>> s) & 255));
const dot4 = (signed: boolean) => (a: number, b: number) => {
  const [x, y] = [bytesOf(a, signed), bytesOf(b, signed)];
  return x.reduce((sum, e, i) => sum + e * y[i]!, 0);
};
const toInt = (low: number, high: number) => (a: number) => {
  const x = f32(a);
  return Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, low), high));
};
// biome-ignore lint/complexity/useMathMinMax: differs for NaN and zeros
const least = (a: number, b: number) => (b < a ? b : a);
// biome-ignore lint/complexity/useMathMinMax: differs for NaN and zeros
const most = (a: number, b: number) => (a < b ? b : a);
/** Meaning on bits, rounded to f32 once. Those of the library are checked elsewhere, within WGSL's bounds. */
export const SCALAR: Partial<Record<OpName, (...bits: number[]) => number>> = {
  IAdd: (a, b) => a + b,
  ISub: (a, b) => a - b,
  IMul: Math.imul,
  UMulHigh: (a, b) => Number((BigInt(a) * BigInt(b)) >> 32n),
  UDiv: (a, b) => (b === 0 ? a : Math.floor(a / b)),
  UMod: (a, b) => (b === 0 ? 0 : a % b),
  SDiv: (a, b) => (b === 0 || (a === 0x80000000 && b === 0xffffffff) ? a : Math.trunc((a | 0) / (b | 0))),
  SRem: (a, b) => (b === 0 || (a === 0x80000000 && b === 0xffffffff) ? 0 : (a | 0) % (b | 0)),
  SNegate: (a) => -(a | 0),
  BitwiseAnd: (a, b) => a & b,
  BitwiseOr: (a, b) => a | b,
  BitwiseXor: (a, b) => a ^ b,
  Not: (a) => ~a,
  ShiftLeftLogical: (a, b) => a << b,
  ShiftRightLogical: (a, b) => a >>> b,
  ShiftRightArithmetic: (a, b) => (a | 0) >> b,
  BitCount: count,
  BitReverse: reverse,
  CountLeadingZeros: Math.clz32,
  CountTrailingZeros: (a) => (a === 0 ? 32 : Math.clz32(reverse(a))),
  FindILsb: (a) => (a === 0 ? -1 : Math.clz32(reverse(a))),
  FindUMsb: (a) => 31 - Math.clz32(a),
  FindSMsb: (a) => 31 - Math.clz32((a | 0) < 0 ? ~a : a),
  BitFieldUExtract: (a, o, n) => {
    const [p, c] = field(o, n);
    return c === 0 ? 0 : (a >>> p) & mask(c);
  },
  BitFieldSExtract: (a, o, n) => {
    const [p, c] = field(o, n);
    return c === 0 ? 0 : (a << (32 - c - p)) >> (32 - c);
  },
  BitFieldInsert: (a, b, o, n) => {
    const [p, c] = field(o, n);
    return c === 0 ? a : (a & ~(mask(c) << p)) | ((b & mask(c)) << p);
  },
  SAbs: (a) => Math.abs(a | 0),
  SSign: (a) => Math.sign(a | 0),
  SMin: (a, b) => Math.min(a | 0, b | 0),
  SMax: (a, b) => Math.max(a | 0, b | 0),
  UMin: (a, b) => Math.min(a, b),
  UMax: (a, b) => Math.max(a, b),
  SClamp: (a, b, c) => Math.min(Math.max(a | 0, b | 0), c | 0),
  UClamp: (a, b, c) => Math.min(Math.max(a, b), c),
  Dot4I8Packed: dot4(true),
  Dot4U8Packed: dot4(false),
  IEqual: test((a, b) => a === b),
  INotEqual: test((a, b) => a !== b),
  ULessThan: test((a, b) => a < b),
  ULessThanEqual: test((a, b) => a <= b),
  UGreaterThan: test((a, b) => a > b),
  UGreaterThanEqual: test((a, b) => a >= b),
  SLessThan: test((a, b) => (a | 0) < (b | 0)),
  SLessThanEqual: test((a, b) => (a | 0) <= (b | 0)),
  SGreaterThan: test((a, b) => (a | 0) > (b | 0)),
  SGreaterThanEqual: test((a, b) => (a | 0) >= (b | 0)),
  FOrdEqual: compareF((a, b) => a === b),
  FUnordNotEqual: compareF((a, b) => a !== b),
  FOrdLessThan: compareF((a, b) => a < b),
  FOrdLessThanEqual: compareF((a, b) => a <= b),
  FOrdGreaterThan: compareF((a, b) => a > b),
  FOrdGreaterThanEqual: compareF((a, b) => a >= b),
  LogicalAnd: (a, b) => a & b,
  LogicalOr: (a, b) => a | b,
  LogicalNot: (a) => 1 - a,
  LogicalEqual: test((a, b) => a === b),
  LogicalNotEqual: test((a, b) => a !== b),
  Select: (c, a, b) => (c ? a : b),
  FAdd: fun((a, b) => a + b),
  FSub: fun((a, b) => a - b),
  FMul: fun((a, b) => a * b),
  FDiv: fun((a, b) => a / b),
  FRem: fun((a, b) => r(a - r(b * Math.trunc(r(a / b))))),
  FNegate: (a) => a ^ 0x80000000,
  FAbs: (a) => a & 0x7fffffff,
  FSign: fun((a) => (a > 0 ? 1 : a < 0 ? -1 : 0)),
  Floor: fun(Math.floor),
  Ceil: fun(Math.ceil),
  Trunc: fun(Math.trunc),
  RoundEven: fun((a) => sign0(even(a), a)),
  Fract: fun((a) => a - Math.floor(a)),
  FMin: fun(least),
  FMax: fun(most),
  FClamp: fun((a, b, c) => least(most(a, b), c)),
  Saturate: fun((a) => least(most(a, 0), 1)),
  FMix: fun((a, b, t) => r(a * r(1 - t)) + r(b * t)),
  Step: fun((a, b) => (a <= b ? 1 : 0)),
  Fma: fun((a, b, c) => r(a * b) + c),
  SmoothStep: fun((l, h, x) => {
    const q = r(r(x - l) / r(h - l));
    const t = least(most(q, 0), 1);
    return r(t * t) * r(3 - r(2 * t));
  }),
  Sqrt: fun(Math.sqrt),
  // in f64, rounded: the library's are tested against WGSL's bounds
  Sin: fun(Math.sin),
  Cos: fun(Math.cos),
  Exp2: fun((a) => 2 ** a),
  Log2: fun(Math.log2),
  Atan2: fun(Math.atan2),
  InverseSqrt: fun((a) => 1 / r(Math.sqrt(a))),
  Length: fun((...x) => (x.length === 1 ? Math.abs(x[0]!) : NaN)),
  Ldexp: (a, e) => bitsOf(Math.max(-300, Math.min(300, e | 0)) === (e | 0) ? scale(f32(a), e | 0) : f32(a) * ((e | 0) > 0 ? Infinity : 0)),
  ConvertFToS: toInt(-2147483648, 2147483520),
  ConvertFToU: toInt(0, 4294967040),
  ConvertSToF: (a) => bitsOf(a | 0),
  ConvertUToF: (a) => bitsOf(a),
  FConvert: (a) => a,
  Bitcast: (a) => a,
  QuantizeToF16: fun((a) => ofHalf(halfOf(a))),
  FloatToHalfBits: (a) => halfOf(f32(a)),
  HalfBitsToFloat: (a) => bitsOf(ofHalf(a & 0xffff)),
};
function scale(x: number, e: number): number {
  const half = Math.trunc(e / 2);
  return x * 2 ** half * 2 ** (e - half);
}

const list = (d: Data | undefined) => d as readonly number[];
const sum = (x: readonly number[], y: readonly number[]) => {
  let total = r(f32(x[0]!) * f32(y[0]!));
  for (let i = 1; i < x.length; i++) total = r(total + r(f32(x[i]!) * f32(y[i]!)));
  return total;
};
const matrix = (d: Data | undefined) => d as readonly (readonly number[])[];
const row = (m: readonly (readonly number[])[], i: number) => m.map((c) => c[i]!);
const times = (x: number, y: number) => r(f32(x) * f32(y));
/** Operations on whole vectors and matrices, in f32. */
export const WHOLE: Partial<Record<OpName, (args: readonly Data[], float: boolean) => Data>> = {
  Any: ([x]) => (list(x).some((b) => b !== 0) ? 1 : 0),
  All: ([x]) => (list(x).every((b) => b !== 0) ? 1 : 0),
  Dot: ([x, y], float) =>
    float ? bitsOf(sum(list(x), list(y))) : list(x).reduce((t, e, i) => (t + Math.imul(e, list(y)[i]!)) | 0, 0) >>> 0,
  VectorTimesScalar: ([x, s]) => list(x).map((e) => bitsOf(times(e, s as number))),
  MatrixTimesScalar: ([x, s]) => matrix(x).map((c) => c.map((e) => bitsOf(times(e, s as number)))),
  MatrixTimesVector: ([m, x]) => matrix(m)[0]!.map((_, i) => bitsOf(sum(row(matrix(m), i), list(x)))),
  VectorTimesMatrix: ([x, m]) => matrix(m).map((c) => bitsOf(sum(list(x), c))),
  MatrixTimesMatrix: ([a, b]) => matrix(b).map((c) => matrix(a)[0]!.map((_, i) => bitsOf(sum(row(matrix(a), i), c)))),
  OuterProduct: ([x, y]) => list(y).map((b) => list(x).map((a) => bitsOf(times(a, b)))),
  Transpose: ([m]) => matrix(m)[0]!.map((_, i) => row(matrix(m), i)),
  Cross: ([a, b]) =>
    [0, 1, 2].map((i) => {
      const [x, y] = [list(a), list(b)];
      const [j, k] = [(i + 1) % 3, (i + 2) % 3];
      return bitsOf(times(x[j]!, y[k]!) - times(x[k]!, y[j]!));
    }),
  ModfStruct: ([x]) => [each(x!, (a) => bitsOf(f32(a) - Math.trunc(f32(a)))), each(x!, (a) => bitsOf(Math.trunc(f32(a))))],
  FrexpStruct: ([x]) => [each(x!, (a) => bitsOf(frexp(f32(a))[0])), each(x!, (a) => frexp(f32(a))[1] >>> 0)],
  PackHalf2x16: ([x]) => (halfOf(f32(list(x)[0]!)) | (halfOf(f32(list(x)[1]!)) << 16)) >>> 0,
  UnpackHalf2x16: ([x]) => [0, 16].map((s) => bitsOf(ofHalf(((x as number) >>> s) & 0xffff))),
};
const each = (d: Data, f: (x: number) => number): Data => (typeof d === "number" ? f(d) : (d as readonly Data[]).map((e) => each(e, f)));
function frexp(x: number): [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  let e = 0;
  let f = x;
  while (Math.abs(f) >= 1) {
    f /= 2;
    e++;
  }
  while (Math.abs(f) < 0.5) {
    f *= 2;
    e--;
  }
  return [f, e];
}
