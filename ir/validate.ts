/**
 * Whether a module is what `module.ts` says: typed, in SSA form, structured. All errors are reported, each at an instruction or block.
 * It runs after every pass in tests. Total on any module the columns can hold.
 */
import { NONE } from "../support/id.ts";
import { Cfg } from "./analysis/cfg.ts";
import { Dominators } from "./analysis/dominators.ts";
import { CONSTRUCT, findStructure, type Structure } from "./analysis/structure.ts";
import { type BlockId, type FunctionId, MERGE, type Module, operandLetter, type Value } from "./module.ts";
import { OP, OPS } from "./ops.ts";
import { printWithLines } from "./print.ts";
import { STORAGE, TYPE_KIND } from "./types.ts";
import { TYPING } from "./typing.ts";

export interface IrError {
  /** the instruction it is about, or NONE */
  readonly value: Value;
  /** the block it is about when `value` is NONE; NONE for the module as a whole */
  readonly block: BlockId;
  readonly message: string;
}

/** @returns everything that is wrong with `m`; empty when it is valid */
export function validate(m: Module): IrError[] {
  const errors: IrError[] = [];
  const scratch = new Int32Array(m.blockCount);
  const constantsSeen = new Uint8Array(m.valueCount);
  const place = new Int32Array(m.valueCount);
  for (const g of m.globals) {
    const message = TYPING.Variable(m, g.value, NONE);
    if (message !== "") errors.push({ value: g.value, block: NONE, message: `Variable: ${message}` });
    if (m.types.kind(m.type(g.value)) === TYPE_KIND.Pointer && m.types.storage(m.type(g.value)) === STORAGE.Function)
      errors.push({ value: g.value, block: NONE, message: "Function storage at module scope" });
  }
  for (let f = 0; f < m.functions.length; f++) {
    if (m.functions[f]!.first !== NONE) new FunctionValidator(m, f as FunctionId, errors, scratch, constantsSeen, place).run();
  }
  if (m.entry && (m.functions[m.entry.func]?.first ?? NONE) === NONE)
    errors.push({ value: NONE, block: NONE, message: "the entry point has no body" });
  return errors;
}

/** Errors as text, each with the line of the printed module it is about. "" when there are none. */
export function formatErrors(m: Module, errors: readonly IrError[]): string {
  if (errors.length === 0) return "";
  const printed = printWithLines(m);
  const lines = printed.text.split("\n");
  let out = "";
  for (const e of errors) {
    const line = e.value !== NONE ? printed.lineOf(e.value) : e.block !== NONE ? printed.lineOfBlock(e.block) : 0;
    out += line > 0 ? `${line}: ${lines[line - 1]!.trim()}\n    ${e.message}\n` : `${e.message}\n`;
  }
  return out;
}

class FunctionValidator {
  readonly m: Module;
  readonly f: FunctionId;
  readonly errors: IrError[];
  readonly cfg: Cfg;
  readonly constantsSeen: Uint8Array;
  /** order of the instructions within blocks */
  readonly place: Int32Array;
  #complete = true;

  constructor(m: Module, f: FunctionId, errors: IrError[], scratch: Int32Array, constantsSeen: Uint8Array, place: Int32Array) {
    this.m = m;
    this.f = f;
    this.errors = errors;
    this.cfg = new Cfg(m, f, scratch);
    this.constantsSeen = constantsSeen;
    this.place = place;
  }

  run(): void {
    const { m, cfg } = this;
    for (const b of cfg.blocks) this.#block(b);
    if (!this.#complete) return;
    if (cfg.predCount(0) > 0) this.#blockError(cfg.blocks[0]!, "the entry block is branched to");
    const structure = findStructure(m, cfg);
    for (const e of structure.errors) this.#blockError(e.block, e.message);
    if (structure.errors.length > 0) return;
    const before = this.errors.length;
    for (let i = 0; i < cfg.count; i++) this.#edges(structure, i);
    this.#backEdges(structure);
    if (this.errors.length === before) this.#dominance(new Dominators(cfg));
  }

  #error(value: Value, message: string): void {
    this.errors.push({ value, block: NONE, message });
  }
  #blockError(block: BlockId, message: string): void {
    this.errors.push({ value: NONE, block, message });
  }

  // ---- instructions
  #block(b: BlockId): void {
    const { m } = this;
    const last = m.last(b);
    if (last === NONE || OPS[m.opName(last)].effect !== "control") {
      this.#complete = false;
      this.#blockError(b, "the block has no terminator");
    }
    let phisOver = false;
    for (let v = m.first(b); v !== NONE; v = m.next(v)) {
      const op = m.op(v);
      if (m.blockOf(v) !== b) this.#error(v, "linked into a block it does not belong to");
      if (OPS[m.opName(v)].effect === "control" && v !== last) this.#error(v, "a terminator inside a block");
      if (op === OP.Phi) {
        if (phisOver) this.#error(v, "a Phi after other instructions");
      } else phisOver = true;
      if (op <= OP.Undef || op === OP.FunctionParameter) this.#error(v, `${m.opName(v)} inside a block`);
      else if (op === OP.Variable) this.#variable(v, b);
      this.#instruction(v);
    }
  }
  #variable(v: Value, b: BlockId): void {
    if (this.m.arg(v, 0) !== STORAGE.Function) this.#error(v, "only Function storage inside functions");
    if (b !== this.cfg.blocks[0]) this.#error(v, "a Variable outside the entry block");
  }
  #instruction(v: Value): void {
    const { m } = this;
    const name = m.opName(v);
    const letters = OPS[name].args;
    const count = m.argCount(v);
    let good = true;
    const bad = (message: string) => {
      this.#error(v, message);
      good = false;
    };
    const least = letters.includes("(") ? letters.indexOf("(") : letters.endsWith("*") ? letters.length - 2 : letters.length;
    if (count < least || (!letters.endsWith("*") && count > letters.length)) bad(`${count} operands for ${name}`);
    for (let i = 0; good && i < count; i++) {
      const raw = m.arg(v, i);
      switch (operandLetter(m.op(v), i)) {
        case "v":
          if (!this.#isUsable(raw as Value)) bad(`operand ${i} is no value of this function`);
          break;
        case "b":
          if (this.cfg.indexOf(raw as BlockId) < 0) {
            this.#complete = false;
            bad(`operand ${i} is no block of this function`);
          }
          break;
      }
    }
    if (!good) return;
    const message = TYPING[name](m, v, this.f);
    if (message !== "") this.#error(v, `${name}: ${message}`);
  }
  #isUsable(v: Value): boolean {
    const { m } = this;
    if (v < 0 || v >= m.valueCount) return false;
    const op = m.op(v);
    if (op <= OP.Undef) {
      this.#constant(v);
      return true;
    }
    if (op === OP.FunctionParameter) return m.functions[this.f]!.params.includes(v);
    const b = m.blockOf(v);
    if (b === NONE) return op === OP.Variable && m.arg(v, 0) !== STORAGE.Function;
    return this.cfg.indexOf(b) >= 0 && m.type(v) !== m.types.void && OPS[m.opName(v)].result;
  }
  /** Constants are shared: each is checked once, its parts too (an explicit stack: parts of parts may be deep). */
  #constant(constant: Value): void {
    const { m } = this;
    const stack = [constant];
    for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
      if (this.constantsSeen[v] === 1) continue;
      this.constantsSeen[v] = 1;
      const message = TYPING[m.opName(v)](m, v, this.f);
      if (message !== "") this.#error(v, `${m.opName(v)}: ${message}`);
      if (m.op(v) === OP.ConstantComposite) for (let i = 0; i < m.argCount(v); i++) stack.push(m.operand(v, i));
    }
  }

  // ---- structure
  /** Where block i's branches may go. */
  #edges(s: Structure, i: number): void {
    const { m, cfg } = this;
    const block = cfg.blocks[i]!;
    const terminator = m.last(block);
    const targets = new Set(m.successors(block));
    let inside = 0;
    for (const target of targets) {
      const t = cfg.indexOf(target);
      const message = this.#edge(s, i, t);
      if (message !== "") this.#error(terminator, `branch to ${this.#name(t)}: ${message}`);
      if (!this.#isExit(s, i, t)) inside++;
    }
    const op = m.op(terminator);
    const kind = m.mergeKind(block);
    if (kind !== MERGE.none && op !== OP.Branch && op !== OP.BranchConditional && op !== OP.Switch)
      this.#error(terminator, "the header of a construct ends in no branch");
    if (kind !== MERGE.selection && op === OP.Switch) this.#error(terminator, "the Switch's block heads no selection");
    else if (kind !== MERGE.selection && inside > 1) this.#error(terminator, "the branch diverges, but its block heads no selection");
  }
  #name(t: number): string {
    return `block ${t}`;
  }
  /** Whether i -> t leaves for a merge block, a continue target, or back to a loop's header. */
  #isExit(s: Structure, i: number, t: number): boolean {
    return t <= i || s.mergeOf[t]! >= 0 || s.continueOf[t]! >= 0;
  }
  #edge(s: Structure, i: number, t: number): string {
    if (t <= i) {
      const c = s.constructs[s.headOf[t]!];
      if (c?.kind !== CONSTRUCT.loop) return "it goes back to a block that is no loop header";
      return c.end === i + 1 ? "" : "a back edge comes from the last block before the loop's merge block";
    }
    const merged = s.mergeOf[t]!;
    if (merged >= 0) return s.constructs[merged]!.first <= i ? "" : "it enters a merge block from outside its construct";
    const continued = s.continueOf[t]!;
    if (continued >= 0) return s.constructs[continued]!.first <= i ? "" : "it enters a continue target from outside its loop";
    // into the construct that t stands in: i must stand there too, or t heads it
    let around = s.inner[t]!;
    while (around >= 0 && s.constructs[around]!.first === t) around = s.constructs[around]!.parent;
    if (around < 0) return "";
    return i < s.constructs[around]!.first ? "it enters a construct past its header" : "";
  }
  #backEdges(s: Structure): void {
    const { cfg } = this;
    for (const c of s.constructs) {
      if (c.kind !== CONSTRUCT.loop) continue;
      let back = 0;
      for (let k = 0; k < cfg.predCount(c.first); k++) if (cfg.pred(c.first, k) >= c.first) back++;
      if (back !== 1) this.#blockError(cfg.blocks[c.first]!, `the loop has ${back} back edges, not one`);
    }
  }

  // ---- dominance
  #dominance(dominators: Dominators): void {
    const { m, cfg } = this;
    const { place } = this;
    let n = 0;
    for (const b of cfg.blocks) for (let v = m.first(b); v !== NONE; v = m.next(v)) place[v] = n++;
    for (let i = 0; i < cfg.count; i++) {
      if (cfg.reachable[i] !== 1) continue;
      for (let v = m.first(cfg.blocks[i]!); v !== NONE; v = m.next(v)) {
        if (m.op(v) === OP.Phi) this.#phi(v, i, dominators);
        else this.#operandsDominate(v, i, dominators);
      }
    }
  }
  #operandsDominate(v: Value, i: number, dominators: Dominators): void {
    const { m, cfg, place } = this;
    for (let k = 0; k < m.argCount(v); k++) {
      if (operandLetter(m.op(v), k) !== "v") continue;
      const operand = m.operand(v, k);
      const b = m.blockOf(operand);
      if (b === NONE) continue;
      const d = cfg.indexOf(b);
      const before = d === i ? place[operand]! < place[v]! : dominators.dominates(d, i);
      if (!before) this.#error(v, `operand ${k} is not defined on every way here`);
    }
  }
  #phi(v: Value, i: number, dominators: Dominators): void {
    const { m, cfg } = this;
    const seen = new Set<number>();
    for (let k = 0; k + 1 < m.argCount(v); k += 2) {
      const from = cfg.indexOf(m.arg(v, k + 1) as BlockId);
      if (seen.has(from)) this.#error(v, `two operands for ${this.#name(from)}`);
      seen.add(from);
      const operandBlock = m.blockOf(m.operand(v, k));
      if (operandBlock === NONE || cfg.reachable[from] !== 1) continue;
      if (!dominators.dominates(cfg.indexOf(operandBlock), from))
        this.#error(v, `operand ${k / 2} is not defined at the end of ${this.#name(from)}`);
    }
    for (let k = 0; k < cfg.predCount(i); k++) {
      if (!seen.delete(cfg.pred(i, k))) this.#error(v, `no operand for predecessor ${this.#name(cfg.pred(i, k))}`);
    }
    for (const other of seen) this.#error(v, `an operand for ${this.#name(other)}, which is no predecessor`);
  }
}
