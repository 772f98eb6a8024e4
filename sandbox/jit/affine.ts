/**
 * Values that rise by the same from lane to lane, as far as that is seen while code is emitted. What the compiler can show to be like this
 * is in the code already (contiguous accesses); what is left are remainders: neighbours on a grid that closes on itself differ by one but
 * at its edge. So a remainder of lane numbers is worked out once, of the first lane, and a flag says whether that gives the others'. Sums and
 * multiples carry the flag on, and an access looks at it instead of at four addresses.
 */
import { ISA } from "../isa/table.ts";
import type { Emitter } from "./emitter.ts";
import { NONE, V } from "./flat.ts";
import { pushRemainder } from "./lanes.ts";
import { I32, V128 } from "./wasm.ts";

/** Lane l holds scalar register `reg` (NONE: 0) + `add` + l. Good while the register has not been written again. */
interface Lanes {
  readonly reg: number;
  readonly version: number;
  readonly add: number;
}
/** If i32 local `ok` is not 0, lane l holds i32 local `base` + `step` * l, modulo 2^32. */
export interface Rising {
  readonly base: number;
  readonly step: number;
  readonly ok: number;
}

export class Affine {
  #lanes = new Map<number, Lanes>();
  #rising = new Map<number, Rising>();
  readonly #versions: Uint32Array;

  constructor(registers: number) {
    this.#versions = new Uint32Array(registers);
  }
  rising(reg: number): Rising | undefined {
    return this.#rising.get(reg);
  }
  /** The register is written. */
  drop(reg: number): void {
    this.#versions[reg]!++;
    if (this.#lanes.size > 0) this.#lanes.delete(reg);
    if (this.#rising.size > 0) this.#rising.delete(reg);
  }
  clear(): void {
    this.#lanes.clear();
    this.#rising.clear();
  }
  save(): () => void {
    const lanes = new Map(this.#lanes);
    const rising = new Map(this.#rising);
    return () => {
      this.#lanes = new Map(lanes);
      this.#rising = new Map(rising);
    };
  }

  /**
   * Emits instruction i, which writes a v register, if it is a remainder of lane numbers: leaves the result on the stack. One wave only.
   * @returns what is known of the result, or undefined if nothing was emitted
   */
  remainder(e: Emitter, i: number, otherwise: () => void): Rising | undefined {
    const { flat } = e;
    if (flat.op[i] !== UREM || flat.a[i] === NONE || (flat.b[i] !== NONE && flat.files[flat.b[i]!] === V)) return undefined;
    const lanes = this.#lanes.get(flat.a[i]!);
    if (lanes === undefined || (lanes.reg !== NONE && this.#versions[lanes.reg] !== lanes.version)) return undefined;
    const c = e.code;
    const first = e.temp(I32, 4);
    const divisor = e.temp(I32, 5);
    const base = c.local(I32);
    const ok = c.local(I32);
    if (lanes.reg === NONE) c.i32(0);
    else e.push(lanes.reg);
    c.i32(lanes.add);
    c.op("i32.add");
    c.set(first);
    if (flat.b[i] === NONE) c.i32(flat.hi[i]!);
    else e.push(flat.b[i]!);
    c.set(divisor);
    pushRemainder(c, first, divisor);
    c.tee(base);
    // none of the lanes is past the divisor, nor past 2^32
    c.get(divisor);
    c.i32(4);
    c.op("i32.sub");
    c.op("i32.le_u");
    c.get(divisor);
    c.i32(4);
    c.op("i32.ge_u");
    c.op("i32.and");
    c.get(first);
    c.i32(-3);
    c.op("i32.lt_u");
    c.op("i32.and");
    c.tee(ok);
    c.if(V128);
    c.get(base);
    c.simd("i32x4.splat");
    c.v128(0, 1, 2, 3);
    c.simd("i32x4.add");
    c.else();
    otherwise();
    c.end();
    return { base, step: 1, ok };
  }

  /** What instruction i, not yet emitted, makes of what is known; emits the scalar part of it. */
  step(e: Emitter, i: number): Lanes | Rising | undefined {
    const { flat } = e;
    if (flat.op[i] === SYS) return flat.hi[i] === 7 ? { reg: NONE, version: 0, add: 0 } : undefined;
    if (flat.op[i] !== IADD && flat.op[i] !== SHL) return undefined;
    const isFirst = flat.files[flat.a[i]!] === V;
    const vector = isFirst ? flat.a[i]! : flat.b[i]!;
    const scalar = isFirst ? flat.b[i]! : flat.a[i]!;
    if (vector === NONE || flat.files[vector] !== V || (scalar !== NONE && flat.files[scalar] === V)) return undefined;
    if (flat.op[i] === SHL) return isFirst && scalar === NONE ? this.#shifted(e, vector, flat.hi[i]! & 31) : undefined;
    const lanes = this.#lanes.get(vector);
    if (lanes !== undefined) {
      if (scalar === NONE) return { ...lanes, add: (lanes.add + flat.hi[i]!) | 0 };
      return lanes.reg === NONE ? { reg: scalar, version: this.#versions[scalar]!, add: lanes.add } : undefined;
    }
    const rising = this.#rising.get(vector);
    if (rising === undefined) return undefined;
    const base = e.code.local(I32);
    e.code.get(rising.base);
    if (scalar === NONE) e.code.i32(flat.hi[i]!);
    else e.push(scalar);
    e.code.op("i32.add");
    e.code.set(base);
    return { ...rising, base };
  }
  #shifted(e: Emitter, vector: number, by: number): Rising | undefined {
    const rising = this.#rising.get(vector);
    if (rising === undefined) return undefined;
    const base = e.code.local(I32);
    e.code.get(rising.base);
    e.code.i32(by);
    e.code.op("i32.shl");
    e.code.set(base);
    return { base, step: rising.step << by, ok: rising.ok };
  }
  learn(reg: number, fact: Lanes | Rising | undefined): void {
    if (fact === undefined) return;
    if ("ok" in fact) this.#rising.set(reg, fact);
    else this.#lanes.set(reg, fact);
  }
}

const UREM = ISA.urem.code;
const SYS = ISA.sys.code;
const IADD = ISA.iadd.code;
const SHL = ISA.shl.code;
