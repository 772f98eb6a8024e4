/**
 * Packs instructions into words. Everything is range checked in shipped builds, because JS shifts wrap at 32 bits and a field that
 * overflows into its neighbour is a different, valid instruction. Whether the word is legal where it stands is the verifier's business:
 * an encoder must be able to write what a verifier has to reject.
 */
import { MODE } from "./modes.ts";
import {
  type AluMnemonic,
  FILE_BASE,
  type File,
  G_REGISTERS,
  ISA,
  type Isa,
  KIND,
  type MemMnemonic,
  SYS,
  type SysName,
  V_REGISTERS,
  W_REGISTERS,
} from "./table.ts";

/** One operand byte (or 0 where the field is unused) per element of a row's tuple. */
export type Args<S extends readonly unknown[]> = { readonly [K in keyof S]: number };
type AllButLast<S extends readonly unknown[]> = S extends readonly [...infer Head, unknown] ? Head : never;

/** An operand byte. @throws RangeError when the file has no such register */
export function v(n: number): number {
  return FILE_BASE.v + within(n, V_REGISTERS, "v register");
}
export function w(n: number): number {
  return FILE_BASE.w + within(n, W_REGISTERS, "w register");
}
export function g(n: number): number {
  return FILE_BASE.g + within(n, G_REGISTERS, "g register");
}

/** The file an operand byte names. */
export function fileOf(operand: number): File {
  return operand < FILE_BASE.w ? "v" : operand < FILE_BASE.g ? "w" : "g";
}
/** The number of the register within its file. */
export function numberOf(operand: number): number {
  return operand < FILE_BASE.w ? operand : operand < FILE_BASE.g ? operand - FILE_BASE.w : operand - FILE_BASE.g;
}

function within(n: number, limit: number, what: string): number {
  if (!Number.isInteger(n) || n < 0 || n >= limit) throw new RangeError(`${what} ${n} is not in 0 to ${limit - 1}`);
  return n;
}
/** @throws RangeError unless `n` is an integer that fits 32 bits, signed or unsigned */
function bits32(n: number, what: string): number {
  if (!Number.isInteger(n) || n < -0x80000000 || n > 0xffffffff) throw new RangeError(`${what} ${n} does not fit 32 bits`);
  return n >>> 0;
}

export function lowWord(op: number, d: number, a: number, b: number): number {
  within(op, 256, "op");
  within(d, 256, "operand d");
  within(a, 256, "operand a");
  within(b, 256, "operand b");
  return (op | (d << 8) | (a << 16) | (b << 24)) >>> 0;
}

// Access words: the high word of a `mem` row. Offsets and limits are bytes here, as in the text form. @see modes.ts

const OFFSET_LIMIT = 1 << 28;
const N_FIELD_LIMIT = 1 << 14;

function accessWord(mode: number, contiguous: boolean, payload: number): number {
  return ((mode << 29) | (contiguous ? 1 << 28 : 0) | payload) >>> 0;
}
function words(bytes: number, limit: number, what: string): number {
  if (bytes % 4 !== 0) throw new RangeError(`${what} ${bytes} is not a multiple of 4`);
  return within(bytes / 4, limit, `${what} in words`);
}

/** Mode K: a constant offset. The operand byte `a` must be 0. */
export function accessK(offset: number, contiguous = false): number {
  return accessWord(MODE.K, contiguous, within(offset, OFFSET_LIMIT, "offset"));
}
/** Mode N: offset + min(a, limit). */
export function accessN(offset: number, limit: number, contiguous = false): number {
  return accessWord(MODE.N, contiguous, words(offset, N_FIELD_LIMIT, "offset") | (words(limit, N_FIELD_LIMIT, "limit") << 14));
}
/** Mode M: offset + (a & (2^bits - 1)). */
export function accessM(offset: number, bits: number, contiguous = false): number {
  return accessWord(MODE.M, contiguous, words(offset, 1 << 22, "offset") | (within(bits, 32, "mask width") << 22));
}
/** Mode C: min(a + offset, size - width). */
export function accessC(offset: number, contiguous = false): number {
  return accessWord(MODE.C, contiguous, within(offset, OFFSET_LIMIT, "offset"));
}
/** Mode T: a + offset, traps when outside. */
export function accessT(offset: number, contiguous = false): number {
  return accessWord(MODE.T, contiguous, within(offset, OFFSET_LIMIT, "offset"));
}
/** Mode Z: a + offset, reads zero and drops writes when outside. */
export function accessZ(offset: number, contiguous = false): number {
  return accessWord(MODE.Z, contiguous, within(offset, OFFSET_LIMIT, "offset"));
}

/** What `barrier` orders, or-ed together. */
export const ORDER = { workgroup: 1, storage: 2, textures: 4 } as const;

/** Growable code. Each method appends one word and returns its index; `patch` fills in a target that was not known. */
export class CodeWriter {
  #data = new Uint32Array(64);
  /** 64-bit words written */
  length = 0;

  /** @param s operand bytes of all sources */
  alu<M extends Exclude<AluMnemonic, "sys">>(m: M, d: number, ...s: Args<Isa[M]["src"]>): number {
    const sources: readonly number[] = s;
    return this.raw(lowWord(ISA[m].code, d, sources[0] ?? 0, sources[1] ?? 0), within(sources[2] ?? 0, 256, "operand c"));
  }

  /** The immediate form: `imm` stands for the last source. @throws RangeError when the row has no immediate form */
  aluImm<M extends Exclude<AluMnemonic, "sys">>(m: M, d: number, ...s: [...Args<AllButLast<Isa[M]["src"]>>, number]): number {
    const sources: readonly number[] = s;
    const n = sources.length - 1;
    if (ISA[m].imm < 0) throw new RangeError(`${m} has no immediate form`);
    const low = lowWord(ISA[m].imm, d, n > 0 ? sources[0]! : 0, n > 1 ? sources[1]! : 0);
    return this.raw(low, bits32(sources[n]!, "immediate"));
  }

  sys(d: number, name: SysName): number {
    return this.raw(lowWord(ISA.sys.imm, d, 0, 0), SYS[name].index);
  }

  /**
   * @param data first data register: loaded, stored or both
   * @param a offset register, 0 in mode K
   * @param access from accessK and its like
   */
  mem(m: Exclude<MemMnemonic, "slot.len">, data: number, a: number, slot: number, access: number): number {
    return this.raw(lowWord(ISA[m].code, data, a, slot), access);
  }

  slotLen(d: number, slot: number): number {
    return this.raw(lowWord(ISA["slot.len"].code, d, 0, slot), 0);
  }

  // Control. Targets are word indices of the whole object's code; a construct's are patched when its end is known.

  if(condition: number, target = 0): number {
    return this.raw(lowWord(ISA.if.code, 0, condition, 0), target);
  }
  else(target = 0): number {
    return this.raw(lowWord(ISA.else.code, 0, 0, 0), target);
  }
  block(kind: File, target = 0): number {
    return this.raw(lowWord(ISA.block.code, KIND[kind], 0, 0), target);
  }
  loop(kind: File, target = 0): number {
    return this.raw(lowWord(ISA.loop.code, KIND[kind], 0, 0), target);
  }
  end(): number {
    return this.raw(lowWord(ISA.end.code, 0, 0, 0), 0);
  }
  endloop(loop: number): number {
    return this.raw(lowWord(ISA.endloop.code, 0, 0, 0), loop);
  }
  brk(depth: number): number {
    return this.raw(lowWord(ISA.brk.code, 0, 0, 0), depth);
  }
  brkIf(condition: number, depth: number): number {
    return this.raw(lowWord(ISA["brk.if"].code, 0, condition, 0), depth);
  }
  ret(): number {
    return this.raw(lowWord(ISA.ret.code, 0, 0, 0), 0);
  }
  retIf(condition: number): number {
    return this.raw(lowWord(ISA["ret.if"].code, 0, condition, 0), 0);
  }
  /** @param result first v register of the results, and so on: operand bytes, 0 where the callee's count is 0 */
  call(callee: number, result: number, vArg: number, wArg: number, gArg: number): number {
    const high = within(callee, 1 << 12, "function") | (within(gArg, 256, "g argument") << 24);
    return this.raw(lowWord(ISA.call.code, result, vArg, wArg), high);
  }
  /** @param order bits of ORDER */
  barrier(order: number): number {
    return this.raw(lowWord(ISA.barrier.code, 0, 0, 0), order);
  }
  bcast(d: number, a: number): number {
    return this.raw(lowWord(ISA["g.bcast"].code, d, a, 0), 0);
  }
  discard(): number {
    return this.raw(lowWord(ISA.discard.code, 0, 0, 0), 0);
  }

  /** Appends any two words. */
  raw(low: number, high: number): number {
    const at = this.length * 2;
    if (at === this.#data.length) {
      const next = new Uint32Array(at * 2);
      next.set(this.#data);
      this.#data = next;
    }
    this.#data[at] = bits32(low, "low word");
    this.#data[at + 1] = bits32(high, "high word");
    return this.length++;
  }

  /** Replaces the high word of the word at `index`: a target that has become known. */
  patch(index: number, high: number): void {
    this.#data[within(index, this.length, "word") * 2 + 1] = bits32(high, "high word");
  }

  /** A copy of `count` words from `first` on, by default all that was written, two u32 per word. */
  code(first = 0, count = this.length - first): Uint32Array {
    return this.#data.slice(first * 2, (first + count) * 2);
  }
}
