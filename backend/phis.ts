/**
 * Copies for phis where control flows from one block to another: out of SSA. All copies of an edge happen at once, so they are put in an
 * order that reads every register before it is overwritten, with a spare register for cycles.
 *
 * A copy to a v register must leave other lanes alone (`mov.m`) only where such a lane may already hold its value: it has come to the same
 * phi by an earlier edge, or an earlier iteration of a loop that this edge leaves, or it has left a loop and keeps the phi's value from there.
 */
import type { BlockId, Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";
import { NONE } from "../support/id.ts";
import { V } from "./affine.ts";
import { isConstantOperand } from "./emit.ts";
import { FILE_V, type Reg } from "./lir.ts";
import { NATIVE } from "./needs.ts";
import type { Selector } from "./select.ts";

interface Copy {
  readonly d: Reg;
  source: number;
  readonly masked: boolean;
}

export function copyEdge(s: Selector, item: number): void {
  const { m, shape, classes } = s;
  const from = shape.a.get(item);
  const to = shape.b.get(item) as BlockId;
  const copies: Copy[] = [];
  for (let v = m.first(to); v !== NONE && m.op(v) === OP.Phi; v = m.next(v)) {
    if (classes.resolve(v) !== v || (s.needs[v]! & NATIVE) === 0) continue;
    for (let k = 0; k < m.argCount(v); k += 2) {
      if (m.arg(v, k + 1) !== from) continue;
      const operand = classes.resolve(m.operand(v, k));
      if (operand === v || m.op(operand) === OP.Undef) continue;
      const lanes = classes.cls[v] === V;
      copies.push({ d: s.native(v), source: s.operand(operand, item, lanes), masked: lanes && mustMask(s, v, to, item) });
    }
  }
  s.e.where = NONE;
  s.e.loop = shape.loopAt(item);
  emitParallel(s, copies);
}

function mustMask(s: Selector, phi: Value, block: BlockId, item: number): boolean {
  const { shape, classes } = s;
  const escaped = classes.escapes[phi]!;
  if (escaped !== NONE && shape.contains(escaped, item)) return true;
  const at = shape.codeOf[block]!;
  if (item > at || classes.joinKind(block) !== V) return false;
  const loop = shape.loopAt(item);
  return s.firstEdge[block] !== item || (loop !== NONE && !shape.contains(loop, at));
}

function emitParallel(s: Selector, copies: readonly Copy[]): void {
  const { e, lir } = s;
  const move = (c: Copy) => {
    const file = lir.file.get(c.d);
    if (c.masked) e.alu("mov.m", FILE_V, [c.source], c.d);
    else e.alu("mov", file, [c.source], c.d);
  };
  /** how many copies still read a register */
  const readers = new Map<number, number>();
  const byTarget = new Map<number, Copy>();
  for (const c of copies) {
    byTarget.set(c.d, c);
    if (!isConstantOperand(c.source)) readers.set(c.source, (readers.get(c.source) ?? 0) + 1);
  }
  const ready = copies.filter((c) => !readers.has(c.d));
  const waiting = new Set(copies.filter((c) => readers.has(c.d)));
  const finish = () => {
    for (let c = ready.pop(); c; c = ready.pop()) {
      move(c);
      release(c.source);
    }
  };
  const release = (source: number) => {
    const left = readers.get(source);
    if (left === undefined) return;
    readers.set(source, left - 1);
    const blocked = byTarget.get(source);
    if (left === 1 && blocked && waiting.delete(blocked)) ready.push(blocked);
  };
  finish();
  for (const c of waiting) {
    if (!waiting.has(c)) continue;
    // a cycle: save what c overwrites, and let its readers read the copy
    const spare = e.alu("mov", lir.file.get(c.d), [c.d]);
    for (const other of copies) if (waiting.has(other) && other.source === c.d) other.source = spare;
    waiting.delete(c);
    ready.push(c);
    finish();
  }
}
