/**
 * Machine code before registers are chosen: one row per word, in the final order, on virtual registers. Constructs stand as numbers of the
 * shape; depths and targets are filled in by `encode`. Registers that an access needs side by side are a stretch of `pool`.
 */
import { type AluMnemonic, type CtlMnemonic, type File, ISA, type MemMnemonic, MNEMONICS, type Mnemonic } from "../sandbox/isa/table.ts";
import { type Budget, I32Column } from "../support/column.ts";
import type { Id } from "../support/id.ts";
import { NONE } from "../support/id.ts";

export type Reg = Id<"register">;

export const FILES = ["v", "w", "g"] as const satisfies readonly File[];
export const FILE_V = 0;
export const FILE_W = 1;
export const FILE_G = 2;

/** Number of each mnemonic in `op`. */
export const MN = Object.fromEntries(MNEMONICS.map((m, i) => [m, i])) as { readonly [M in Mnemonic]: number };

/** What an op does with its operands: looked up per word by every later stage. */
export const DATA_NONE = 0;
export const DATA_DEF = 1;
export const DATA_USE = 2;
export const DATA_BOTH = 3;
const DATA: readonly number[] = MNEMONICS.map((m) => {
  const row = ISA[m];
  // the first argument's register takes the result
  if (m === "call") return DATA_BOTH;
  if (m === "mov.m" || (row.effect === "atomic" && m !== "at.ld" && m !== "at.st")) return DATA_BOTH;
  if (row.effect === "store" || m === "at.st") return DATA_USE;
  return row.dst.length > 0 ? DATA_DEF : DATA_NONE;
});
/** Words that no code comes of: the registers that hold the parameters at the start, the register that the caller reads. */
export const PARAMETERS = MNEMONICS.length;
export const RESULT = MNEMONICS.length + 1;
const DATA_OF = Uint8Array.from([...DATA, DATA_DEF, DATA_USE]);
export const dataOf = (op: number) => DATA_OF[op]!;

export const FLAG = {
  /** the last source is `hi` */
  immediate: 1,
  /** a removed word */
  dead: 2,
  /** removed because both sides of the copy got one register */
  joined: 4,
  /** a copy that stays one */
  keep: 8,
} as const;

export class Lir {
  readonly budget: Budget;
  readonly op: I32Column;
  readonly flags: I32Column;
  /** data or destination: a register, or a place in `pool` where `regs` > 1 */
  readonly d: I32Column;
  readonly regs: I32Column;
  readonly a: I32Column;
  readonly b: I32Column;
  readonly c: I32Column;
  /** immediate, access word, construct, system value or order */
  readonly hi: I32Column;
  readonly slot: I32Column;
  /** source offset, or NONE */
  readonly where: I32Column;
  readonly pool: I32Column;

  // registers
  file: I32Column;
  /** innermost loop that makes it anew in each iteration, or NONE */
  home: I32Column;

  constructor(budget: Budget) {
    const column = () => new I32Column(budget);
    this.budget = budget;
    this.op = column();
    this.flags = column();
    this.d = column();
    this.regs = column();
    this.a = column();
    this.b = column();
    this.c = column();
    this.hi = column();
    this.slot = column();
    this.where = column();
    this.pool = column();
    this.file = column();
    this.home = column();
  }

  /** No code, but the same registers (shared: those made later are in both). */
  emptyCopy(): Lir {
    const copy = new Lir(this.budget);
    copy.file = this.file;
    copy.home = this.home;
    return copy;
  }
  get length(): number {
    return this.op.length;
  }
  get regCount(): number {
    return this.file.length;
  }

  reg(file: number, home: number): Reg {
    this.home.push(home);
    return this.file.push(file) as Reg;
  }

  push(
    op: number,
    flags: number,
    d: number,
    regs: number,
    a: number,
    b: number,
    c: number,
    hi: number,
    slot: number,
    where: number,
  ): number {
    this.flags.push(flags);
    this.d.push(d);
    this.regs.push(regs);
    this.a.push(a);
    this.b.push(b);
    this.c.push(c);
    this.hi.push(hi | 0);
    this.slot.push(slot);
    this.where.push(where);
    return this.op.push(op);
  }
  alu(m: AluMnemonic, d: Reg, a: number, b: number, c: number, where: number): number {
    return this.push(MN[m], 0, d, 1, a, b, c, 0, NONE, where);
  }
  aluImm(m: AluMnemonic, d: Reg, a: number, b: number, bits: number, where: number): number {
    return this.push(MN[m], FLAG.immediate, d, 1, a, b, NONE, bits, NONE, where);
  }
  /** @param data registers side by side */
  mem(m: MemMnemonic, data: readonly Reg[], a: number, access: number, slot: number, where: number): number {
    const d = data.length === 1 ? data[0]! : this.stretch(data);
    return this.push(MN[m], 0, data.length === 0 ? NONE : d, data.length, a, NONE, NONE, access, slot, where);
  }
  ctl(m: CtlMnemonic, a: number, hi: number, where: number): number {
    return this.push(MN[m], 0, NONE, 0, a, NONE, NONE, hi, NONE, where);
  }
  bcast(d: Reg, a: number, where: number): number {
    return this.push(MN["g.bcast"], 0, d, 1, a, NONE, NONE, 0, NONE, where);
  }
  /** @returns the place of the registers in `pool` */
  stretch(data: readonly Reg[]): number {
    const first = this.pool.length;
    for (const r of data) this.pool.push(r);
    return first;
  }

  /** Data register j of word i. */
  data(i: number, j: number): Reg {
    const d = this.d.data[i]!;
    return (this.regs.data[i]! > 1 ? this.pool.data[d + j]! : d) as Reg;
  }
  setData(i: number, j: number, r: Reg): void {
    if (this.regs.data[i]! > 1) this.pool.set(this.d.data[i]! + j, r);
    else this.d.set(i, r);
  }
}
