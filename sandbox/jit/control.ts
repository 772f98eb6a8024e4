/**
 * Structured control within a wave. g and w constructs are WebAssembly's own; v constructs carry masks.
 *
 * A v construct has up to three: the lanes active inside (`Emitter.mask`), those that wait for the else, and those that rejoin after it.
 * Lanes that leave for a construct further out are struck from all they would rejoin on the way (`Flat.crossed` says where that can be).
 * Where no lane is left active, control goes to the end of the innermost v construct, its `exit`: nothing executes without an active lane.
 */
import { emitAccess } from "./access.ts";
import { emitCall } from "./calls.ts";
import { countedLoop } from "./counted.ts";
import type { Emitter, Mask } from "./emitter.ts";
import { CHARGE, type Flat, isSync, NONE, OPCODE, ROW, V } from "./flat.ts";
import { chargeLoop, chargeTurns, chargeWaves } from "./fuel.ts";
import { UNKNOWN } from "./most.ts";
import { pin } from "./pin.ts";
import type { Label } from "./wasm.ts";

/** Words of code that may be emitted twice: once for waves of which all lanes stay, once under a mask. */
export const TWICE_WORDS = 800;

/** Words at a loop's start that may be emitted a second time. */
const MAX_HEAD_WORDS = 16;

interface Construct {
  readonly opener: number;
  readonly kind: number;
  /** where lanes go that leave it; for `if`, the end of the part being emitted where that part is a v one */
  exit: Label;
  /** loops: where they start, and the last instruction that is emitted before and at the end instead */
  top: Label;
  head: number;
  /** a loop that has paid for all its turns */
  paid: boolean;
  /** active after it */
  readonly after: Mask;
  /** lanes that take the else */
  readonly other: Mask | undefined;
  /** masks that are its own */
  readonly own: readonly Mask[];
  /** registers that are bounded within it only, by exits of its that were not taken */
  readonly bounded: number[];
  /** registers that are pinned for as long as this loop is open */
  pinned: readonly number[];
}

/** An if.v that no later wave takes either, once no lane has taken it: and where to go then. */
interface Stop {
  readonly at: number;
  readonly exit: Label;
}

const isWriting = (flat: Flat, i: number, reg: number) => {
  if (flat.d[i] === reg) return true;
  return ROW[flat.op[i]!]?.form === "mem" && (flat.b[i] === reg || flat.c[i] === reg || flat.e[i] === reg);
};

export class Walk {
  readonly #e: Emitter;
  readonly #open: Construct[] = [];
  readonly #pinned = new Set<number>();
  readonly #end: number;
  #twice: number;
  readonly #stop: Stop | undefined;

  /**
   * @param end where the wave's code ends; `Emitter.landing` is the label of what follows
   * @param twice words that may be emitted twice
   */
  constructor(e: Emitter, end: number, twice: number, stop?: Stop) {
    this.#e = e;
    this.#end = end;
    this.#twice = twice;
    this.#stop = stop;
  }

  /** Emits flat code from `from` to the end. */
  run(from: number, skip?: (i: number) => boolean): void {
    const { flat, live } = this.#e;
    for (let i = from; i < this.#end; ) {
      if (live.dead[i] === 1 || skip?.(i) === true) {
        i++;
        continue;
      }
      const op = flat.op[i]!;
      if ((i & 1023) === 0) this.#e.checkSize();
      if (op >= OPCODE.if || isSync(op)) i = this.#control(i, skip);
      else this.#plain(i++);
    }
  }

  /** @returns the next instruction to emit */
  #control(i: number, skip?: (i: number) => boolean): number {
    const e = this.#e;
    switch (e.flat.op[i]) {
      case OPCODE.if:
        this.#if(i);
        break;
      case OPCODE.else:
        this.#else(i);
        break;
      case OPCODE.block:
        this.#block(i);
        break;
      case OPCODE.loop:
        return this.#loop(i, skip);
      case OPCODE.end:
      case OPCODE.endloop:
        this.#close(i, skip);
        break;
      case OPCODE.brk:
        this.#leave(i);
        return this.#afterLeaving(i);
      case OPCODE.brkIf:
        return this.#leaveIf(i, skip);
      case OPCODE.call:
        emitCall(e, i);
        break;
      case OPCODE.discard:
        e.discard();
        break;
      case OPCODE.bcast:
        this.#broadcast(i);
        break;
      case OPCODE.ldSync:
        emitAccess(e, i);
        break;
      case CHARGE:
        chargeWaves(e, e.flat.pc[i]!, e.flat.hi[i]!, this.#isUniform());
        break;
      default: // a barrier of a workgroup with one wave
    }
    return i + 1;
  }

  /** No v construct is open and no lane has left: all waves of a pair are active. */
  #isUniform(): boolean {
    return this.#e.mask.full;
  }

  // opening

  /** The mask of lanes that rejoin after construct i: the one around it, in locals where lanes may be struck from it. */
  #after(i: number): Mask {
    const e = this.#e;
    return e.mask.full && e.flat.crossed[i] === 1 ? this.#copyMask() : e.mask;
  }
  #copyMask(): Mask {
    const e = this.#e;
    const copy = e.newMask();
    e.each(() => {
      e.exec();
      e.code.set(copy.locals[e.copy]!);
    });
    return copy;
  }
  /** Where lanes will part inside a construct of kind g or w, the mask is in a local from its start on. */
  #materialize(i: number): void {
    const e = this.#e;
    if (e.flat.crossed[i] === 1 && e.mask.full) e.mask = this.#copyMask();
  }

  #push(i: number, exit: Label, top: Label, after: Mask, own: readonly Mask[], other?: Mask): void {
    this.#open.push({
      opener: i,
      kind: this.#e.flat.kind[i]!,
      exit,
      top,
      head: i,
      paid: false,
      after,
      other,
      own,
      bounded: [],
      pinned: [],
    });
  }

  #if(i: number): void {
    const e = this.#e;
    const { flat, code } = e;
    if (flat.kind[i] !== V) {
      this.#materialize(i);
      this.#condition(i);
      this.#push(i, code.if(), 0, e.mask, []);
      return;
    }
    if (e.free !== undefined && e.free.flags[i - e.free.from] === 1) {
      this.#push(i, code.block(), 0, e.mask, []);
      return;
    }
    const after = this.#after(i);
    const hasElse = flat.op[flat.match[i]!] === OPCODE.else;
    const then = e.newMask();
    const other = hasElse ? e.newMask() : undefined;
    e.each(() => {
      const k = e.copy;
      e.pushTruth(flat.a[i]!);
      this.#andExec();
      code.set(then.locals[k]!);
      if (other === undefined) return;
      e.exec();
      code.get(then.locals[k]!);
      code.simd("v128.andnot");
      code.set(other.locals[k]!);
    });
    e.pushAny(then);
    if (this.#stop?.at === i) {
      code.op("i32.eqz");
      code.brIf(this.#stop.exit);
      code.i32(1);
    }
    this.#push(i, code.if(), 0, after, other === undefined ? [then] : [then, other], other);
    e.mask = then;
  }

  #andExec(): void {
    const e = this.#e;
    if (e.mask.full) return;
    e.exec();
    e.code.simd("v128.and");
  }

  #else(i: number): void {
    const e = this.#e;
    const c = this.#open[this.#open.length - 1]!;
    this.#unbound(c);
    if (c.kind !== V) {
      e.code.else();
      e.forgetWritten(c.opener, i);
      return;
    }
    e.code.end();
    e.forgetWritten(c.opener, i);
    e.mask = c.other!;
    e.pushAny(e.mask);
    c.exit = e.code.if();
  }

  #block(i: number): void {
    const e = this.#e;
    const after = this.#enter(i);
    this.#push(i, e.code.block(), 0, after, e.mask === after || e.mask.full ? [] : [e.mask]);
  }

  /**
   * A loop that starts with its exits is turned: they are emitted before it, and again at its end. That is one jump less, and an engine
   * takes only those values out of a loop that are computed before any exit of it.
   */
  #loop(i: number, skip?: (i: number) => boolean): number {
    const e = this.#e;
    const { code } = e;
    const after = this.#enter(i);
    const exit = code.block();
    const head = this.#exitsAtStart(i);
    this.#push(i, exit, 0, after, e.mask === after || e.mask.full ? [] : [e.mask]);
    const c = this.#open[this.#open.length - 1]!;
    if (head > i) {
      this.#head(i, head, skip);
      c.paid = this.#pay(i, head);
    }
    e.forgetWritten(i, e.flat.match[i]!);
    // nothing is left in the middle of a loop that has paid
    if (!c.paid) c.pinned = pin(e, i, this.#pinned);
    c.top = code.loop();
    c.head = head;
    for (let k = i + 1; k <= head; k++) if (e.flat.op[k] === OPCODE.brkIf) this.#stay(k, head);
    return head + 1;
  }
  /** What a turn of a loop costs. */
  #wordsOf({ opener }: Construct): number {
    const { pc, match } = this.#e.flat;
    return pc[match[opener]!]! - pc[opener]!;
  }
  /** Charges all turns of loop i at once. @returns false where their number is not known */
  #pay(i: number, head: number): boolean {
    const e = this.#e;
    const counted = countedLoop(e, i, head);
    if (counted === undefined) return false;
    chargeTurns(e, e.flat.pc[i]!, this.#wordsOf(this.#open[this.#open.length - 1]!), counted, this.#isUniform());
    return true;
  }
  /** What scalar exit i, if it is not taken, says of a register after instruction `at`, until the construct it stands in ends. */
  #stay(i: number, at: number): void {
    const e = this.#e;
    const c = this.#open[this.#open.length - 1];
    if (c === undefined || e.flat.kind[i] === V || e.flat.files[e.flat.a[i]!] === V) return;
    const reg = e.learnStayed(i);
    if (reg === NONE) return;
    c.bounded.push(reg);
    for (let k = i + 1; k <= at; k++) if (isWriting(e.flat, k, reg)) e.most[reg] = UNKNOWN;
  }
  #unbound(c: Construct): void {
    for (const reg of c.bounded) this.#e.most[reg] = UNKNOWN;
    c.bounded.length = 0;
  }

  /** The last of the brk.ifs out of loop i that stand near its start, with only loads and arithmetic before; i if there are none. */
  #exitsAtStart(i: number): number {
    const { flat } = this.#e;
    const end = flat.match[i]!;
    let last = i;
    for (let k = i + 1; k < end && k <= i + MAX_HEAD_WORDS; k++) {
      const op = flat.op[k]!;
      if (op === OPCODE.brkIf) {
        if (flat.match[k] !== i || this.#e.leftOf(i) !== NONE) break;
        last = k;
      } else {
        const row = ROW[op];
        if (op >= OPCODE.if || row === undefined || (row.effect !== "none" && row.effect !== "load")) break;
      }
    }
    return end - last > last - i ? last : i;
  }

  #head(i: number, head: number, skip?: (i: number) => boolean): void {
    for (let k = i + 1; k <= head; k++) {
      if (this.#e.live.dead[k] === 1 || skip?.(k) === true) continue;
      if (this.#e.flat.op[k] === OPCODE.brkIf) this.#leaveIf(k, skip);
      else this.#plain(k);
    }
  }
  #plain(i: number): void {
    if (ROW[this.#e.flat.op[i]!]!.form === "alu") this.#e.alu(i);
    else emitAccess(this.#e, i);
  }

  /** @returns the mask after a block or loop; inside, it is in locals of its own where lanes part from it */
  #enter(i: number): Mask {
    const e = this.#e;
    if (e.flat.kind[i] !== V) {
      this.#materialize(i);
      return e.mask;
    }
    const after = this.#after(i);
    // A block's mask stays full until a lane leaves it; a loop's start is reached again after that.
    if (e.flat.parted[i] === 1 && !(e.mask.full && e.flat.op[i] === OPCODE.block)) e.mask = this.#copyMask();
    return after;
  }

  // closing

  #close(i: number, skip?: (i: number) => boolean): void {
    const e = this.#e;
    const { flat, code } = e;
    const c = this.#open[this.#open.length - 1]!;
    if (flat.op[i] === OPCODE.endloop) {
      const pc = flat.pc[c.opener]!;
      if (c.head > c.opener) {
        if (!c.paid) chargeWaves(e, pc, this.#wordsOf(c), this.#isUniform());
        this.#head(c.opener, c.head, skip);
        code.br(c.top);
      } else chargeLoop(e, pc, this.#wordsOf(c), c.top, this.#isUniform());
      code.end();
    }
    this.#open.pop();
    code.end();
    e.forgetWritten(c.opener, i);
    this.#unbound(c);
    for (const reg of c.pinned) this.#pinned.delete(reg);
    e.mask = c.after;
    for (const mask of c.own) e.freeMask(mask);
    if (c.kind === V && flat.crossed[c.opener] === 1) this.#landIfEmpty();
  }

  /** Goes on elsewhere if no lane is active here. */
  #landIfEmpty(): void {
    const e = this.#e;
    e.pushAny(e.mask);
    e.code.op("i32.eqz");
    e.code.brIf(this.#landing());
  }
  #landing(): Label {
    for (let k = this.#open.length - 1; k >= 0; k--) if (this.#open[k]!.kind === V) return this.#open[k]!.exit;
    return this.#e.landing;
  }

  // leaving

  #exitOf(target: number): Label {
    for (let k = this.#open.length - 1; k >= 0; k--) if (this.#open[k]!.opener === target) return this.#open[k]!.exit;
    return this.#e.landing;
  }

  /** Code after an unconditional brk is not reached: goes on at the next else or end. */
  #afterLeaving(i: number): number {
    const { flat } = this.#e;
    const c = this.#open[this.#open.length - 1];
    if (c === undefined) return this.#end;
    const middle = flat.match[c.opener]!;
    return middle > i ? middle : flat.match[middle]!;
  }

  #leave(i: number): void {
    const e = this.#e;
    const { flat, code } = e;
    if (flat.kind[i] !== V) {
      this.#markLeft(i, () => e.exec());
      code.br(this.#exitOf(flat.match[i]!));
      return;
    }
    this.#strike(i, e.mask);
    code.br(this.#landing());
  }

  /** Strikes `leaving` from what rejoins on the way out to the target of brk i. */
  #strike(i: number, leaving: Mask): void {
    const e = this.#e;
    const target = e.flat.match[i]!;
    for (let k = this.#open.length - 1; k >= 0 && this.#open[k]!.opener !== target; k--) {
      const c = this.#open[k]!;
      if (c.kind !== V) continue;
      e.each(() => {
        e.code.get(c.after.locals[e.copy]!);
        this.#pushMask(leaving);
        e.code.simd("v128.andnot");
        e.code.set(c.after.locals[e.copy]!);
      });
    }
    e.each(() => this.#markLeft(i, () => this.#pushMask(leaving)));
  }
  #pushMask(mask: Mask): void {
    const e = this.#e;
    if (mask.full) e.code.splat(-1);
    else e.code.get(mask.locals[e.copy]!);
  }
  /** Leaving a frame that goes on after a barrier: the stretches that follow have to know. */
  #markLeft(i: number, leaving: () => void): void {
    const e = this.#e;
    const left = e.leftOf(e.flat.match[i]!);
    if (left === NONE) return;
    leaving();
    e.code.get(left);
    e.code.simd("v128.or");
    e.code.set(left);
  }

  #leaveIf(i: number, skip?: (i: number) => boolean): number {
    const e = this.#e;
    const { flat, code } = e;
    const target = flat.match[i]!;
    if (e.free !== undefined && e.free.flags[i - e.free.from] === 1) return i + 1;
    if (flat.kind[i] !== V) {
      this.#condition(i);
      if (e.leftOf(target) === NONE) {
        code.brIf(this.#exitOf(target));
        this.#stay(i, i);
        return i + 1;
      }
      code.if();
      this.#markLeft(i, () => e.exec());
      code.br(this.#exitOf(target));
      code.end();
      this.#stay(i, i);
      return i + 1;
    }
    if (flat.files[flat.a[i]!] !== V) {
      this.#leaveAllIf(i);
      return i + 1;
    }
    if (e.mask.full) return this.#leaveFull(i, skip);
    const leaving = e.newMask();
    e.each(() => {
      e.pushTruth(flat.a[i]!);
      this.#andExec();
      code.set(leaving.locals[e.copy]!);
    });
    this.#part(i, leaving);
    e.freeMask(leaving);
    this.#landIfEmpty();
    return i + 1;
  }

  /** A scalar condition, but lanes have parted around it: all that are active here leave. */
  #leaveAllIf(i: number): void {
    const e = this.#e;
    this.#condition(i);
    e.code.if();
    this.#strike(i, e.mask);
    e.code.br(this.#landing());
    e.code.end();
  }

  /** `leaving` lanes leave, others stay. */
  #part(i: number, leaving: Mask): void {
    const e = this.#e;
    this.#strike(i, leaving);
    e.each(() => {
      e.code.get(e.mask.locals[e.copy]!);
      e.code.get(leaving.locals[e.copy]!);
      e.code.simd("v128.andnot");
      e.code.set(e.mask.locals[e.copy]!);
    });
  }

  /** All lanes are active, and some may leave: the rest is emitted twice where it is short, so that waves that stay whole need no mask. */
  #leaveFull(i: number, skip?: (i: number) => boolean): number {
    const e = this.#e;
    const { code } = e;
    const leaving = e.newMask();
    const staying = e.newMask();
    e.each(() => {
      e.pushTruth(e.flat.a[i]!);
      code.tee(leaving.locals[e.copy]!);
      code.simd("v128.not");
      code.set(staying.locals[e.copy]!);
    });
    const rest = this.#end - i - 1;
    const isTwice = this.#open.length === 0 && rest <= this.#twice;
    let whole = 0;
    if (isTwice) {
      this.#twice -= rest;
      whole = code.block();
      e.pushAny(leaving);
      code.brIf(whole);
      const facts = e.saveFacts();
      this.run(i + 1, skip);
      code.br(e.landing);
      code.end();
      e.restoreFacts(facts);
    }
    this.#strike(i, leaving);
    e.freeMask(leaving);
    e.mask = staying;
    this.#landIfEmpty();
    if (!isTwice) return i + 1;
    this.run(i + 1, skip);
    return this.#end;
  }

  // conditions

  /** Pushes the scalar condition of i; a comparison right before it is taken directly. */
  #condition(i: number): void {
    const e = this.#e;
    const { flat } = e;
    const reg = flat.a[i]!;
    const from = e.comparison(i, reg);
    if (from === NONE) e.push(reg);
    else e.condition(from);
  }

  /** g.bcast with one wave: lane 0 is always active in uniform flow. */
  #broadcast(i: number): void {
    const e = this.#e;
    e.pushV(e.flat.a[i]!);
    e.code.extract(0);
    e.setReg(e.flat.d[i]!);
    e.learn(e.flat.d[i]!, 0, 0);
  }
}
