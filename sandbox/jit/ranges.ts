/**
 * Checks of a whole stretch at once. Offsets are mostly sums of the wave's number, the lane's, and values of the workgroup; so their
 * greatest value over all waves can be worked out before the first. Where that shows that all contiguous accesses are inside and that no
 * lane returns early, the stretch runs in a version without these checks; otherwise in the general one.
 *
 * Bounds are worked out in 64 bits. Code computes modulo 2^32, so a bound holds only if no step of it is past 2^32 - 1: all are looked at.
 */
import { MODE } from "../isa/modes.ts";
import { accessOf, isChecked } from "./bounds.ts";
import { type Emitter, isPerLane } from "./emitter.ts";
import { type Flat, G, isOpener, MNEMONIC, NONE, OPCODE, ROW, V } from "./flat.ts";
import { has } from "./liveness.ts";
import { I32, I64 } from "./wasm.ts";

/** Longer stretches gain too little from it for being emitted twice. */
const MAX_WORDS = 160;
/** So few waves cost less to check one by one. */
const FEW_WAVES = 2;

/** The greatest value of a register over all waves and lanes, as an expression of constants and g registers. */
interface Bound {
  readonly op: "const" | "reg" | "add" | "sub" | "mul" | "shl" | "shr";
  /** constant, register, or shift */
  readonly n: number;
  readonly a?: Bound;
  readonly b?: Bound;
  /** whether the value never falls from wave to wave (if nothing wraps) */
  readonly rises: boolean;
  /** i64 local that holds it, once worked out */
  local?: number;
}

/** A bound and what it must stay below: inclusive constant, a g register's value less one, or a slot's size less some bytes. */
interface Check {
  readonly bound: Bound;
  readonly most?: number;
  readonly below?: Bound;
  readonly slot?: number;
  readonly bytes?: number;
}

export interface Ranges {
  readonly checks: readonly Check[];
  /**
   * per instruction from the stretch's start: 1 where the checks make an access's bounds needless, or a brk.if, because no lane takes it,
   * or an if.v, because all do
   */
  readonly free: Uint8Array;
  /** an if.v around all that the stretch does, after which no later wave does anything either where no lane takes it; or NONE */
  readonly stop: number;
}

/**
 * @param unstable g registers that waves write
 * @param inLoop whether a loop of the workgroup is around the stretch
 * @returns undefined where it is not worth it
 */
export function rangesOf(e: Emitter, from: number, to: number, unstable: readonly number[], inLoop: boolean): Ranges | undefined {
  if (to - from > MAX_WORDS || e.unit.lanes % 4 !== 0 || e.unit.waves <= FEW_WAVES) return undefined;
  const analysis = new Analysis(e, from, to, unstable, inLoop);
  return analysis.run() && (analysis.checks.length > 0 || analysis.stop !== NONE) ? analysis : undefined;
}

class Analysis implements Ranges {
  readonly checks: Check[] = [];
  readonly free: Uint8Array;
  stop = NONE;
  readonly #e: Emitter;
  readonly #flat: Flat;
  readonly #from: number;
  readonly #to: number;
  readonly #unstable: ReadonlySet<number>;
  readonly #bounds = new Map<number, Bound>();
  /** comparisons that are false for all lanes if bounds hold: by register, the checks that show it */
  readonly #never = new Map<number, readonly Check[]>();
  /** by register: bound of the value that the comparison says is below the other one */
  readonly #below = new Map<number, readonly [Bound, Bound]>();

  readonly #inLoop: boolean;

  constructor(e: Emitter, from: number, to: number, unstable: readonly number[], inLoop: boolean) {
    this.#e = e;
    this.#inLoop = inLoop;
    this.#flat = e.flat;
    this.#from = from;
    this.#to = to;
    this.#unstable = new Set(unstable);
    this.free = new Uint8Array(to - from);
  }

  /** @returns false where the stretch is none for this */
  run(): boolean {
    const { op } = this.#flat;
    for (let i = this.#from; i < this.#to; i++) if (op[i] === OPCODE.loop || op[i] === OPCODE.call) return false;
    // constructs open in which only some lanes are active; an if.v that all lanes take is none
    let depth = 0;
    for (let i = this.#from; i < this.#to; i++) {
      if (this.#e.live.dead[i] === 1) continue;
      if (isOpener(op[i]!)) {
        if (depth > 0 || !this.#takenByAll(i)) depth++;
      } else if (op[i] === OPCODE.end || op[i] === OPCODE.else) {
        const opener = op[i] === OPCODE.end ? this.#flat.match[i]! : this.#opener(i);
        if (this.free[opener - this.#from] === 1) continue;
        if (op[i] === OPCODE.end) depth--;
        // what a construct computes is known only inside of it
        for (let k = opener; k < i; k++) this.#forget(k);
      } else this.#instruction(i, depth);
    }
    return true;
  }

  /** Looks at a construct that all lanes come to. @returns whether it is an if.v that checks can show all lanes take */
  #takenByAll(i: number): boolean {
    const flat = this.#flat;
    if (flat.op[i] !== OPCODE.if || flat.kind[i] !== V || flat.parted[i] === 1 || flat.op[flat.match[i]!] !== OPCODE.end) return false;
    const below = this.#below.get(flat.a[i]!);
    if (below === undefined) return false;
    const [x, limit] = below;
    const isConstant = x.op === "const" && limit.op === "const";
    const isStop = x.rises && this.#isAll(i);
    // a limit that is another each time around is mostly one that fewer and fewer waves are below
    if (isStop && (isConstant ? x.n >= limit.n : this.#inLoop)) {
      this.stop = i;
      this.checks.push({ bound: x, most: 0xffffffff });
      return false;
    }
    this.free[i - this.#from] = 1;
    this.checks.push({ bound: x, below: limit });
    return true;
  }
  #opener(middle: number): number {
    return this.#flat.match[this.#flat.match[middle]!]!;
  }

  /** Whether nothing outside of the if without else at i has an effect, or gives what lives on. */
  #isAll(i: number): boolean {
    const flat = this.#flat;
    const end = flat.match[i]!;
    if (flat.op[end] !== OPCODE.end) return false;
    const after = this.#e.live.before.get(this.#to)!;
    for (let k = this.#from; k < this.#to; k++) {
      if (k === i) k = end;
      else {
        const row = ROW[flat.op[k]!];
        if (row === undefined || row.form !== "alu") return false;
        const d = flat.d[k]!;
        if (flat.files[d] === G ? this.#unstable.has(d) : has(after, d)) return false;
      }
    }
    return true;
  }

  #forget(i: number): void {
    const flat = this.#flat;
    const isMem = ROW[flat.op[i]!]?.form === "mem";
    for (const reg of isMem ? [flat.d[i]!, flat.b[i]!, flat.c[i]!, flat.e[i]!] : [flat.d[i]!]) {
      if (reg === NONE) continue;
      this.#bounds.delete(reg);
      this.#never.delete(reg);
      this.#below.delete(reg);
    }
  }

  #instruction(i: number, depth: number): void {
    const flat = this.#flat;
    const row = ROW[flat.op[i]!];
    if (flat.op[i] === OPCODE.brkIf && depth === 0) {
      const never = flat.match[i] === NONE ? this.#never.get(flat.a[i]!) : undefined;
      if (never === undefined) return;
      this.free[i - this.#from] = 1;
      this.checks.push(...never);
    } else if (row?.form === "mem") {
      if (depth === 0 && (row.effect === "load" || row.effect === "store")) this.#access(i);
      if (row.effect !== "store") this.#forget(i);
    } else if (row?.form === "alu") this.#arithmetic(i);
  }

  #access(i: number): void {
    const x = accessOf(this.#e, i);
    if (x.a === NONE || isPerLane(this.#e.unit.program.slots[x.slot]!.kind)) return;
    const isV = this.#flat.files[x.a] === V;
    const bound = this.#of(x.a);
    if (bound === undefined || (!x.contiguous && !isV)) return;
    const bytes = x.contiguous ? 4 * x.width : x.width;
    if (x.mode === MODE.N) {
      const most = x.lim - (bytes - x.width);
      if (most < 0) return;
      this.checks.push({ bound, most });
    } else if (x.mode === MODE.C || isChecked(x)) this.checks.push({ bound, slot: x.slot, bytes: bytes + x.off });
    else return;
    this.free[i - this.#from] = 1;
  }

  // bounds of values

  #of(reg: number): Bound | undefined {
    if (this.#flat.files[reg] !== G) return this.#bounds.get(reg);
    return this.#unstable.has(reg) ? undefined : { op: "reg", n: reg, rises: true };
  }
  /** The second source, where it is the same for all waves: its value, not just a bound. */
  #uniform(i: number): Bound | undefined {
    const reg = this.#flat.b[i]!;
    return reg === NONE || this.#flat.files[reg] === G ? this.#source(i, 1) : undefined;
  }
  #source(i: number, k: 0 | 1): Bound | undefined {
    const flat = this.#flat;
    const reg = k === 0 ? flat.a[i]! : flat.b[i]!;
    if (reg !== NONE) return this.#of(reg);
    return flat.imm[i] === 1 && flat.hi[i]! >= 0 ? constant(flat.hi[i]!) : undefined;
  }

  #arithmetic(i: number): void {
    const flat = this.#flat;
    const d = flat.d[i]!;
    const mnemonic = MNEMONIC[flat.op[i]!]!;
    const never = this.#neverTrue(i, mnemonic);
    const below = this.#belowOf(i, mnemonic);
    const bound = this.#boundOf(i, mnemonic);
    this.#forget(i);
    if (flat.files[d] === G) return;
    if (bound !== undefined) this.#bounds.set(d, bound);
    if (never !== undefined) this.#never.set(d, never);
    if (below !== undefined) this.#below.set(d, below);
  }

  #boundOf(i: number, mnemonic: string): Bound | undefined {
    const flat = this.#flat;
    if (mnemonic === "sys") {
      const index = flat.hi[i]!;
      return index === 6 ? constant(this.#e.unit.waves - 1) : index === 7 ? constant(3) : undefined;
    }
    const a = this.#source(i, 0);
    const b = this.#source(i, 1);
    const imm = flat.imm[i] === 1 ? flat.hi[i]! : undefined;
    switch (mnemonic) {
      case "mov":
        return a;
      case "iadd":
      case "imul":
        return a && b && { op: mnemonic === "iadd" ? "add" : "mul", n: 0, a, b, rises: a.rises && b.rises };
      case "shl":
      case "shr":
        return a && imm !== undefined ? { op: mnemonic, n: imm & 31, a, rises: a.rises } : undefined;
      case "and":
        return imm !== undefined && imm >= 0 ? { ...constant(imm), rises: false } : undefined;
      case "umin":
        return b ?? a;
      case "urem":
        // of a divisor that may be 0 the check finds that it wraps
        return b && { op: "sub", n: 1, a: b, rises: false };
      default:
        return undefined;
    }
  }

  /** What comparison i says is below what. */
  #belowOf(i: number, mnemonic: string): readonly [Bound, Bound] | undefined {
    const x = this.#source(i, 0);
    const limit = this.#uniform(i);
    if (x === undefined || limit === undefined) return undefined;
    if (mnemonic === "ult") return [x, limit];
    return mnemonic === "ieq" && limit.op === "const" && limit.n === 0 ? [x, constant(1)] : undefined;
  }

  /** Checks that show that comparison i holds in no lane. */
  #neverTrue(i: number, mnemonic: string): readonly Check[] | undefined {
    const flat = this.#flat;
    if (mnemonic === "uge") {
      const bound = this.#source(i, 0);
      const below = this.#uniform(i);
      return bound && below && [{ bound, below }];
    }
    if (mnemonic !== "or" || flat.b[i] === NONE) return undefined;
    const a = this.#never.get(flat.a[i]!);
    const b = this.#never.get(flat.b[i]!);
    return a && b && [...a, ...b];
  }
}

function constant(n: number): Bound {
  return { op: "const", n, rises: true };
}

/** Pushes 1 where all checks hold. */
export function pushChecks(e: Emitter, ranges: Ranges): void {
  const c = e.code;
  const wrapped = c.local(I64);
  c.i64(0);
  c.set(wrapped);
  const ok = c.local(I32);
  c.i32(1);
  c.set(ok);
  for (const check of ranges.checks) {
    workOut(e, check.bound, wrapped);
    pushBound(e, check.bound);
    if (check.most !== undefined) {
      if (check.most > 0x7fffffff) {
        c.op("drop");
        continue;
      }
      c.i64(check.most + 1);
    } else if (check.below !== undefined) {
      pushBound(e, check.below);
    } else {
      c.i64(check.bytes! - 1);
      c.op("i64.add");
      c.get(e.size(check.slot!));
      c.op("i64.extend_i32_u");
    }
    c.op("i64.lt_u");
    c.get(ok);
    c.op("i32.and");
    c.set(ok);
  }
  c.get(wrapped);
  c.op("i64.eqz");
  c.get(ok);
  c.op("i32.and");
}

/** Sets the locals of a bound's steps, and adds to `wrapped` what is past 32 bits of each. */
function workOut(e: Emitter, bound: Bound, wrapped: number): void {
  const c = e.code;
  if (bound.op === "const" || bound.op === "reg" || bound.local !== undefined) return;
  workOut(e, bound.a!, wrapped);
  if (bound.b !== undefined) workOut(e, bound.b, wrapped);
  pushBound(e, bound.a!);
  if (bound.b !== undefined) pushBound(e, bound.b);
  else c.i64(bound.n);
  c.op(STEPS[bound.op]);
  bound.local = c.local(I64);
  c.tee(bound.local);
  c.i64(32);
  c.op("i64.shr_u");
  c.get(wrapped);
  c.op("i64.or");
  c.set(wrapped);
}
const STEPS = { add: "i64.add", sub: "i64.sub", mul: "i64.mul", shl: "i64.shl", shr: "i64.shr_u" } as const;

function pushBound(e: Emitter, bound: Bound): void {
  const c = e.code;
  if (bound.op === "const") c.i64(bound.n);
  else if (bound.op === "reg") {
    e.push(bound.n);
    c.op("i64.extend_i32_u");
  } else c.get(bound.local!);
}
