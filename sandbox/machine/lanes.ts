/**
 * Arithmetic of the reference machine: the scalar meaning of each row (`isa/scalar.ts`) over the lanes of a wave, and the rows that look
 * across lanes. Ring 1: it reads and writes the registers it is given and can reach nothing else.
 */
import { type CrossLane, type LaneWise, SCALAR } from "../isa/scalar.ts";
import { ISA } from "../isa/table.ts";
import type { AluOp, Arithmetic } from "./execute.ts";
import { FIRST_SCALAR, registerAt } from "./wave.ts";

type Unary = (a: number) => number;
type Binary = (a: number, b: number) => number;
type Ternary = (a: number, b: number, c: number) => number;

/** Words from one lane's value to the next's: scalars are the same for all lanes. */
const strideOf = (operand: number) => (operand < FIRST_SCALAR ? 1 : 0);

// Registers hold one lane per word, so a lane's result overwrites no other lane's source. Written out by lane: a loop costs a third more.

function unary(f: Unary): AluOp {
  return (r, d, a) => {
    const at = registerAt(d);
    const x = registerAt(a);
    if (d >= FIRST_SCALAR) {
      r[at] = f(r[x]!);
      return;
    }
    const sx = strideOf(a);
    r[at] = f(r[x]!);
    r[at + 1] = f(r[x + sx]!);
    r[at + 2] = f(r[x + sx * 2]!);
    r[at + 3] = f(r[x + sx * 3]!);
  };
}

function unaryImm(f: Unary): AluOp {
  return (r, d, _a, _b, high) => {
    const at = registerAt(d);
    const value = f(high | 0);
    r[at] = value;
    if (d < FIRST_SCALAR) {
      r[at + 1] = value;
      r[at + 2] = value;
      r[at + 3] = value;
    }
  };
}

function binary(f: Binary): AluOp {
  return (r, d, a, b) => {
    const at = registerAt(d);
    const x = registerAt(a);
    const y = registerAt(b);
    if (d >= FIRST_SCALAR) {
      r[at] = f(r[x]!, r[y]!);
      return;
    }
    const sx = strideOf(a);
    const sy = strideOf(b);
    r[at] = f(r[x]!, r[y]!);
    r[at + 1] = f(r[x + sx]!, r[y + sy]!);
    r[at + 2] = f(r[x + sx * 2]!, r[y + sy * 2]!);
    r[at + 3] = f(r[x + sx * 3]!, r[y + sy * 3]!);
  };
}

function binaryImm(f: Binary): AluOp {
  return (r, d, a, _b, high) => {
    const at = registerAt(d);
    const x = registerAt(a);
    const y = high | 0;
    if (d >= FIRST_SCALAR) {
      r[at] = f(r[x]!, y);
      return;
    }
    const sx = strideOf(a);
    r[at] = f(r[x]!, y);
    r[at + 1] = f(r[x + sx]!, y);
    r[at + 2] = f(r[x + sx * 2]!, y);
    r[at + 3] = f(r[x + sx * 3]!, y);
  };
}

function ternary(f: Ternary): AluOp {
  return (r, d, a, b, high) => {
    const at = registerAt(d);
    const x = registerAt(a);
    const y = registerAt(b);
    const z = registerAt(high & 255);
    if (d >= FIRST_SCALAR) {
      r[at] = f(r[x]!, r[y]!, r[z]!);
      return;
    }
    const sx = strideOf(a);
    const sy = strideOf(b);
    const sz = strideOf(high & 255);
    r[at] = f(r[x]!, r[y]!, r[z]!);
    r[at + 1] = f(r[x + sx]!, r[y + sy]!, r[z + sz]!);
    r[at + 2] = f(r[x + sx * 2]!, r[y + sy * 2]!, r[z + sz * 2]!);
    r[at + 3] = f(r[x + sx * 3]!, r[y + sy * 3]!, r[z + sz * 3]!);
  };
}

function ternaryImm(f: Ternary): AluOp {
  return (r, d, a, b, high) => {
    const at = registerAt(d);
    const x = registerAt(a);
    const y = registerAt(b);
    const z = high | 0;
    const lanes = d < FIRST_SCALAR ? 4 : 1;
    const sx = strideOf(a);
    const sy = strideOf(b);
    for (let lane = 0; lane < lanes; lane++) r[at + lane] = f(r[x + sx * lane]!, r[y + sy * lane]!, z);
  };
}

/** Source values of the four lanes; a scalar in each. */
const sources = new Int32Array(4);
function gather(r: Int32Array, a: number): void {
  const x = registerAt(a);
  const sx = strideOf(a);
  for (let lane = 0; lane < 4; lane++) sources[lane] = r[x + sx * lane]!;
}

/** Lanes of `exec` where a is not 0. */
function activeWhere(r: Int32Array, a: number, exec: number): number {
  gather(r, a);
  let lanes = 0;
  for (let lane = 0; lane < 4; lane++) if (sources[lane] !== 0) lanes |= 1 << lane;
  return lanes & exec;
}

/** d lane l = a of lane `from(l)` where that is an active lane, else 0. */
function permute(from: (lane: number, selector: number) => number) {
  return (r: Int32Array, d: number, a: number, exec: number, selectorOf: (lane: number) => number): void => {
    const at = registerAt(d);
    const out = [0, 0, 0, 0];
    gather(r, a);
    for (let lane = 0; lane < 4; lane++) {
      const source = from(lane, selectorOf(lane));
      out[lane] = source < 4 && ((exec >> source) & 1) !== 0 ? sources[source]! : 0;
    }
    for (let lane = 0; lane < 4; lane++) r[at + lane] = out[lane]!;
  };
}
const shuffle = permute((_, selector) => selector >>> 0);
const quad = permute((lane, selector) => (selector >>> (2 * lane)) & 3);

type Permute = typeof shuffle;
const byRegister =
  (run: Permute): AluOp =>
  (r, d, a, b, _high, exec) => {
    const y = registerAt(b);
    const sy = strideOf(b);
    run(r, d, a, exec, (lane) => r[y + sy * lane]!);
  };
const byImmediate =
  (run: Permute): AluOp =>
  (r, d, a, _b, high, exec) =>
    run(r, d, a, exec, () => high);

interface Forms {
  readonly register?: AluOp;
  readonly immediate?: AluOp;
}

/** Rows that see other lanes or the mask. `sys` is the machine's own. */
const ACROSS: { readonly [M in Exclude<CrossLane, "sys">]: Forms } = {
  "mov.m": {
    register: (r, d, a, _b, _high, exec) => {
      gather(r, a);
      const at = registerAt(d);
      for (let lane = 0; lane < 4; lane++) if (((exec >> lane) & 1) !== 0) r[at + lane] = sources[lane]!;
    },
    immediate: (r, d, _a, _b, high, exec) => {
      const at = registerAt(d);
      for (let lane = 0; lane < 4; lane++) if (((exec >> lane) & 1) !== 0) r[at + lane] = high | 0;
    },
  },
  "vote.any": {
    register: (r, d, a, _b, _high, exec) => {
      r[registerAt(d)] = activeWhere(r, a, exec) !== 0 ? -1 : 0;
    },
  },
  "vote.all": {
    register: (r, d, a, _b, _high, exec) => {
      r[registerAt(d)] = activeWhere(r, a, exec) === exec ? -1 : 0;
    },
  },
  ballot: {
    register: (r, d, a, _b, _high, exec) => {
      r[registerAt(d)] = activeWhere(r, a, exec);
    },
  },
  first: {
    register: (r, d, a, _b, _high, exec) => {
      gather(r, a);
      r[registerAt(d)] = exec === 0 ? 0 : sources[31 - Math.clz32(exec & -exec)]!;
    },
  },
  shfl: { register: byRegister(shuffle), immediate: byImmediate(shuffle) },
  quad: { register: byRegister(quad), immediate: byImmediate(quad) },
};

const isAcross = (m: string): m is keyof typeof ACROSS => Object.hasOwn(ACROSS, m);
const isLaneWise = (m: string): m is LaneWise => Object.hasOwn(SCALAR, m);

function formsOf(m: LaneWise): Forms {
  const f: (...s: number[]) => number = SCALAR[m];
  switch (ISA[m].src.length) {
    case 1:
      return { register: unary(f), immediate: unaryImm(f) };
    case 2:
      return { register: binary(f), immediate: binaryImm(f) };
    default:
      return { register: ternary(f), immediate: ternaryImm(f) };
  }
}

/** By op byte, immediate forms too. */
const ALU: readonly (AluOp | undefined)[] = (() => {
  const table: (AluOp | undefined)[] = new Array(256).fill(undefined);
  for (const [m, row] of Object.entries(ISA)) {
    const forms = isAcross(m) ? ACROSS[m] : isLaneWise(m) ? formsOf(m) : {};
    if (forms.register !== undefined) table[row.code] = forms.register;
    if (forms.immediate !== undefined && row.imm >= 0) table[row.imm] = forms.immediate;
  }
  return table;
})();

/** What an atomic leaves in memory. `compared` is at.cas's second register. */
function combine(op: number, old: number, value: number, compared: number): number {
  switch (op) {
    case ISA["at.add"].code:
      return old + value;
    case ISA["at.and"].code:
      return old & value;
    case ISA["at.or"].code:
      return old | value;
    case ISA["at.xor"].code:
      return old ^ value;
    case ISA["at.umin"].code:
      return value >>> 0 < old >>> 0 ? value : old;
    case ISA["at.umax"].code:
      return value >>> 0 > old >>> 0 ? value : old;
    case ISA["at.smin"].code:
      return Math.min(old, value);
    case ISA["at.smax"].code:
      return Math.max(old, value);
    case ISA["at.cas"].code:
      return old === compared ? value : old;
    default:
      return value; // at.xchg, at.st
  }
}

export const ARITHMETIC: Arithmetic = { alu: ALU, combine };
