/**
 * Puts single instructions together: immediates, constants in registers, file changes. An operand is a register number, or a constant as
 * `constant(bits)` gives it (a negative number). Constants and lane numbers in registers are made once per straight stretch of code.
 */
import { type AluMnemonic, ISA, SYS, type SysName } from "../sandbox/isa/table.ts";
import { NONE } from "../support/id.ts";
import { SWAPPED } from "./alu-rows.ts";
import { FILE_V, FLAG, type Lir, MN, type Reg } from "./lir.ts";

type Plain = Exclude<AluMnemonic, "sys">;

export const constant = (bits: number) => -1 - (bits >>> 0);
export const isConstantOperand = (operand: number) => operand < 0;
export const bitsOf = (operand: number) => -1 - operand;

export class Emitter {
  readonly lir: Lir;
  /** source offset of what is being emitted */
  where: number = NONE;
  /** innermost loop here */
  loop: number = NONE;
  readonly #cache = new Map<number, Reg>();

  constructor(lir: Lir) {
    this.lir = lir;
  }

  /** Control comes from elsewhere, too: what was made before may not be there. */
  newStretch(loop: number): void {
    this.#cache.clear();
    this.loop = loop;
  }
  temp(file: number): Reg {
    return this.lir.reg(file, this.loop);
  }

  /** @param d where the result goes; NONE: a new register of the file */
  alu(m: Plain, file: number, sources: readonly number[], d: Reg | typeof NONE = NONE): Reg {
    let [a = NONE as number, b = NONE as number, c = NONE as number] = sources;
    let op = m;
    const n = sources.length;
    const swapped = SWAPPED[m];
    if (n === 2 && isConstantOperand(a) && !isConstantOperand(b) && swapped !== undefined) {
      [a, b] = [b, a];
      op = swapped;
    }
    const last = n === 1 ? a : n === 2 ? b : c;
    if (isConstantOperand(last) && ISA[op].imm >= 0) {
      const bits = bitsOf(last);
      const cheaper = n === 2 ? powerOfTwo(op, bits) : undefined;
      const x = n > 1 ? this.reg(a, file) : NONE;
      const y = n > 2 ? this.reg(b, file) : NONE;
      const to = d === NONE ? this.temp(file) : (d as Reg);
      if (cheaper) this.lir.aluImm(cheaper.m, to, x, y, cheaper.bits, this.where);
      else this.lir.aluImm(op, to, x, y, bits, this.where);
      return to;
    }
    const x = this.reg(a, file);
    const y = n > 1 ? this.reg(b, file) : NONE;
    const z = n > 2 ? this.reg(c, file) : NONE;
    const to = d === NONE ? this.temp(file) : (d as Reg);
    this.lir.alu(op, to, x, y, z, this.where);
    return to;
  }
  /** The operand in a register; a constant in one of the given file. */
  reg(operand: number, file: number): Reg {
    return isConstantOperand(operand) ? this.constantReg(bitsOf(operand), file) : (operand as Reg);
  }
  /** The operand in a register of exactly this file. */
  inFile(operand: number, file: number): Reg {
    if (isConstantOperand(operand)) return this.constantReg(bitsOf(operand), file);
    if (this.lir.file.get(operand) === file) return operand as Reg;
    return this.alu("mov", file, [operand]);
  }
  constantReg(bits: number, file: number): Reg {
    return this.#cached(bits + file * 2 ** 32, file, (d) => this.lir.aluImm("mov", d, NONE, NONE, bits, this.where));
  }
  /** k * lane in each lane. */
  laneTimes(k: number): Reg {
    return this.#cached((k >>> 0) + 3 * 2 ** 32, FILE_V, (d) => {
      if (k === 1) {
        this.lir.push(MN.sys, FLAG.immediate, d, 1, NONE, NONE, NONE, SYS.lane.index, NONE, this.where);
        return;
      }
      const lane = this.laneTimes(1);
      this.alu("imul", FILE_V, [lane, constant(k)], d);
    });
  }
  sys(name: SysName, d: Reg): void {
    this.lir.push(MN.sys, FLAG.immediate, d, 1, NONE, NONE, NONE, SYS[name].index, NONE, this.where);
  }
  #cached(key: number, file: number, make: (d: Reg) => void): Reg {
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const d = this.temp(file);
    make(d);
    this.#cache.set(key, d);
    return d;
  }
}

/** Multiplication and unsigned division by a power of two as shifts and masks. */
function powerOfTwo(m: Plain, bits: number): { readonly m: Plain; readonly bits: number } | undefined {
  if (bits === 0 || (bits & (bits - 1)) !== 0) return undefined;
  const shift = 31 - Math.clz32(bits);
  if (m === "imul") return { m: "shl", bits: shift };
  if (m === "udiv") return { m: "shr", bits: shift };
  if (m === "urem") return { m: "and", bits: bits - 1 };
  return undefined;
}
