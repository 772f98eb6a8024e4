/**
 * Moves constant parts of a span's offset into the span: `tile[k * 4 + 1][x]` is then the address of `tile[k * 4][x]` with another start, and
 * gvn computes it once. Only where the sum provably does not wrap (analysis/range.ts): base + c clamped to an extent is then exactly
 * c + base clamped to what is left of it, for every base, in range or not.
 */
import { NONE } from "../../support/id.ts";
import { Cfg } from "../analysis/cfg.ts";
import { MAX_U32, Ranges } from "../analysis/range.ts";
import { bodies } from "../edit.ts";
import type { FunctionId, Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";

/** Sums and products looked through for one offset. */
const MAX_DEPTH = 8;
const MAX_START = 1 << 24;

export const foldOffsets: Pass = {
  name: "fold-offsets",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (foldAll(m, f)) changed = true;
    return changed;
  },
};

function foldAll(m: Module, f: FunctionId): boolean {
  const cfg = new Cfg(m, f);
  const ranges = new Ranges(m, cfg);
  let changed = false;
  for (const b of cfg.blocks) {
    for (let v = m.first(b); v !== NONE; v = m.next(v)) {
      const literals = literalsAt(m, v);
      if (literals > 0 && foldSpan(m, ranges, v, literals)) changed = true;
    }
  }
  return changed;
}

/** Operand number of a span's start; the extent follows. 0: no span. */
function literalsAt(m: Module, v: Value): number {
  switch (m.op(v)) {
    case OP.SpanLoad:
    case OP.SpanAtomic:
    case OP.SpanUniformLoad:
      return 2;
    case OP.SpanStore:
      return 3;
    default:
      return 0;
  }
}

function foldSpan(m: Module, ranges: Ranges, v: Value, at: number): boolean {
  const offset = m.operand(v, 1);
  const constant = m.constantBits(offset);
  const add = constant >= 0 ? constant : constantPart(m, ranges, offset, 0);
  if (add === 0) return false;
  const start = m.arg(v, at);
  const extent = m.arg(v, at + 1);
  const bytes = bytesOf(m, v);
  if (start + add > MAX_START || (extent > 0 && add + bytes > extent)) return false;
  m.setArg(v, 1, constant >= 0 ? m.u32(0) : withoutConstant(m, ranges, offset, v, 0));
  m.setArg(v, at, start + add);
  if (extent > 0) m.setArg(v, at + 1, extent - add);
  return true;
}

function bytesOf(m: Module, v: Value): number {
  if (m.op(v) === OP.SpanAtomic) return 4;
  return m.types.sizeBytes(m.type(m.op(v) === OP.SpanStore ? m.operand(v, 2) : v));
}

/** The constant that `v` adds to the rest of itself without ever wrapping. */
function constantPart(m: Module, ranges: Ranges, v: Value, depth: number): number {
  if (depth >= MAX_DEPTH) return 0;
  const part = (x: Value) => constantPart(m, ranges, x, depth + 1);
  const op = m.op(v);
  if (op === OP.IAdd) {
    const [a, b] = [m.operand(v, 0), m.operand(v, 1)];
    if (ranges.max(a) + ranges.max(b) > MAX_U32) return 0;
    const c = m.constantBits(b);
    return part(a) + (c >= 0 ? c : part(b));
  }
  const factor = factorOf(m, v);
  if (factor < 0 || ranges.max(m.operand(v, 0)) * factor > MAX_U32) return 0;
  return part(m.operand(v, 0)) * factor;
}
/** v = operand 0 * factor, or -1 */
function factorOf(m: Module, v: Value): number {
  const op = m.op(v);
  if (op !== OP.IMul && op !== OP.ShiftLeftLogical) return -1;
  const c = m.constantBits(m.operand(v, 1));
  if (c < 0) return -1;
  return op === OP.IMul ? c : 2 ** (c & 31);
}
/** `v` less its constant part, as instructions before `at`. */
function withoutConstant(m: Module, ranges: Ranges, v: Value, at: Value, depth: number): Value {
  if (constantPart(m, ranges, v, depth) === 0) return v;
  const rest = (x: Value) => withoutConstant(m, ranges, x, at, depth + 1);
  if (m.op(v) !== OP.IAdd) return m.insertBefore(at, m.opName(v), m.type(v), [rest(m.operand(v, 0)), m.operand(v, 1)]);
  const [a, b] = [m.operand(v, 0), m.operand(v, 1)];
  if (m.constantBits(b) >= 0) return rest(a);
  return m.insertBefore(at, "IAdd", m.type(v), [rest(a), rest(b)]);
}
