/**
 * The text form of a module, and where each instruction stands in it. `parse.ts` reads it back: `print(parse(print(m))) = print(m)`.
 * Values are numbered in the order they are printed, so that removed ids leave no trace; constants stand where they are used.
 *
 * ```text
 * struct S { f32 @0, vec4<f32> @16 } size 32
 * const #0 = array<u32, 17, stride 4>(1, 2, ...)          (constants of more than 16 scalars)
 * var @v: ptr<StorageBuffer, array<f32, stride 4>> group 0 binding 1 writable
 * entry compute @main workgroup_size(64, 1, 1)
 * fn @main(%0: u32) -> void {
 * block b0 (selection merge b2):
 *   %1 = IAdd u32 %0, u32 7 !120                          (! source offset, optional)
 *   BranchConditional %c, b1, b2
 * ```
 * Phi and Switch list their pairs as `key: value`: `Phi f32 b1: %1, b2: %2` and `Switch %1, b9, 0: b2, 1: b3`.
 */
import { I32Column } from "../support/column.ts";
import { NONE } from "../support/id.ts";
import { type BlockId, type FunctionId, forEachOperand, MERGE, type Module, operandLetter, type Value } from "./module.ts";
import { ATOMIC, OP, OPS } from "./ops.ts";
import { printFloat, printType, TypeNames, uniqueName } from "./print-type.ts";
import { TYPE_KIND, type TypeId } from "./types.ts";

/** Constants with more scalars than this get a line of their own. */
const INLINE_LEAVES = 16;
export const ATOMIC_NAMES = Object.keys(ATOMIC) as (keyof typeof ATOMIC)[];

export interface PrintOptions {
  /** print `!offset` after instructions that have a source offset */
  readonly offsets?: boolean;
}

export interface Printed {
  readonly text: string;
  /** line (from 1) of an instruction, or 0 */
  lineOf(v: Value): number;
  /** line (from 1) of a block's label, or 0 */
  lineOfBlock(b: BlockId): number;
  /** what the text calls a value or block */
  valueName(v: Value): string;
  blockName(b: BlockId): string;
}

export function print(m: Module, options: PrintOptions = {}): string {
  return printWithLines(m, options).text;
}

export function printWithLines(m: Module, options: PrintOptions = {}): Printed {
  const printer = new Printer(m, options);
  printer.module();
  return {
    text: printer.out.join("\n") + (printer.out.length > 0 ? "\n" : ""),
    lineOf: (v) => printer.lines.get(v) ?? 0,
    lineOfBlock: (b) => printer.blockLines.get(b) ?? 0,
    valueName: (v) => printer.operand(v),
    blockName: (b) => printer.block(b),
  };
}

class Printer {
  readonly m: Module;
  readonly options: PrintOptions;
  readonly out: string[] = [];
  readonly lines = new Map<number, number>();
  readonly blockLines = new Map<number, number>();
  readonly types: TypeNames;
  readonly globals = new Map<number, string>();
  readonly functions: string[] = [];
  /** number printed for a value, + 1 */
  readonly numbers: I32Column;
  readonly blocks = new Map<number, number>();
  readonly bigConstants = new Map<number, number>();
  readonly leaves = new Map<number, number>();

  constructor(m: Module, options: PrintOptions) {
    this.m = m;
    this.options = options;
    this.types = new TypeNames(m.types);
    this.numbers = new I32Column(m.budget);
    this.numbers.extend(m.valueCount);
    const taken = new Set<string>();
    for (const g of m.globals) this.globals.set(g.value, uniqueName(taken, g.name));
    const takenFunctions = new Set<string>();
    for (const f of m.functions) this.functions.push(uniqueName(takenFunctions, f.name));
  }

  module(): void {
    const { m } = this;
    this.number();
    const constants = this.markConstants();
    this.out.push(...this.types.declarations());
    this.constants(constants);
    for (const g of m.globals) this.global(g);
    if (m.entry) {
      const { stage, func, workgroupSize } = m.entry;
      const size = stage === "compute" ? ` workgroup_size(${workgroupSize.join(", ")})` : "";
      const called = m.entry.name === this.functions[func] ? "" : ` named ${JSON.stringify(m.entry.name)}`;
      this.out.push(`entry ${stage} @${this.functions[func]}${size}${called}`);
    }
    for (let f = 0; f < m.functions.length; f++) this.func(f as FunctionId);
  }

  /** Gives every value and block its number, and notes the types used. */
  number(): void {
    const { m } = this;
    for (const g of m.globals) this.types.use(m.type(g.value));
    for (const f of m.functions) {
      this.types.use(f.returnType);
      let next = 0;
      let nextBlock = 0;
      for (const p of f.params) {
        this.types.use(m.type(p));
        this.numbers.set(p, ++next);
      }
      for (let b = f.first; b !== NONE; b = m.nextBlock(b)) {
        this.blocks.set(b, nextBlock++);
        for (let v = m.first(b); v !== NONE; v = m.next(v)) {
          this.types.use(m.type(v));
          if (this.hasResult(v)) this.numbers.set(v, ++next);
        }
      }
    }
  }

  hasResult(v: Value): boolean {
    return OPS[this.m.opName(v)].result && this.m.types.kind(this.m.type(v)) !== TYPE_KIND.Void;
  }

  /** 1 for each constant used, directly or as a part; notes their types. Parts have smaller ids than wholes. */
  markConstants(): Uint8Array {
    const { m } = this;
    const marked = new Uint8Array(m.valueCount);
    const visit = (v: Value) => {
      if (v >= 0 && v < marked.length && m.op(v) <= OP.Undef) marked[v] = 1;
    };
    for (const g of m.globals) this.eachValueOperand(g.value, visit);
    for (const f of m.functions) {
      for (let b = f.first; b !== NONE; b = m.nextBlock(b)) {
        for (let v = m.first(b); v !== NONE; v = m.next(v)) this.eachValueOperand(v, visit);
      }
    }
    for (let v = (marked.length - 1) as Value; v >= 0; v = (v - 1) as Value) {
      if (marked[v] !== 1) continue;
      this.types.use(m.type(v));
      if (m.op(v) === OP.ConstantComposite) this.eachValueOperand(v, visit);
    }
    return marked;
  }

  /** Lines for the big ones. */
  constants(marked: Uint8Array): void {
    for (let v = 0 as Value; v < marked.length; v = (v + 1) as Value) {
      if (marked[v] !== 1 || this.m.op(v) !== OP.ConstantComposite) continue;
      let count = 0;
      this.eachValueOperand(v, (part) => {
        count += this.bigConstants.has(part) ? 1 : (this.leaves.get(part) ?? 1);
      });
      this.leaves.set(v, count);
      if (count <= INLINE_LEAVES) continue;
      this.out.push(`const #${this.bigConstants.size} = ${this.constant(v, true)}`);
      this.bigConstants.set(v, this.bigConstants.size);
    }
  }

  eachValueOperand(v: Value, visit: (operand: Value) => void): void {
    forEachOperand(this.m, v, (_, operand) => visit(operand));
  }

  global(g: Module["globals"][number]): void {
    let line = `var @${this.globals.get(g.value)}: ${printType(this.m.types, this.types, this.m.type(g.value))}`;
    if (g.group !== NONE) line += ` group ${g.group} binding ${g.binding}`;
    if (g.writable) line += " writable";
    if (g.builtin !== "") line += ` builtin ${g.builtin}`;
    if (g.location !== NONE) line += ` location ${g.location}`;
    if (this.m.argCount(g.value) > 1) line += ` = ${this.operand(this.m.operand(g.value, 1))}`;
    this.lines.set(g.value, this.out.push(line));
  }

  func(f: FunctionId): void {
    const { m } = this;
    const fn = m.functions[f]!;
    if (fn.first === NONE) return; // inlined everywhere
    const params = fn.params.map((p) => `${this.operand(p)}: ${this.type(m.type(p))}`);
    if (this.out.length > 0) this.out.push("");
    this.out.push(`fn @${this.functions[f]}(${params.join(", ")}) -> ${this.type(fn.returnType)} {`);
    for (let b = fn.first; b !== NONE; b = m.nextBlock(b)) {
      this.blockLines.set(b, this.out.push(`block ${this.block(b)}${this.annotation(b)}:`));
      for (let v = m.first(b); v !== NONE; v = m.next(v)) this.lines.set(v, this.out.push(`  ${this.instruction(v)}`));
    }
    this.out.push("}");
  }

  annotation(b: BlockId): string {
    const { m } = this;
    if (m.mergeKind(b) === MERGE.selection) return ` (selection merge ${this.block(m.merge(b))})`;
    if (m.mergeKind(b) === MERGE.loop) return ` (loop merge ${this.block(m.merge(b))} continue ${this.block(m.continueTarget(b))})`;
    return "";
  }

  instruction(v: Value): string {
    const { m } = this;
    const name = m.opName(v);
    let line = this.hasResult(v) ? `${this.operand(v)} = ${name}` : name;
    if (OPS[name].result) line += ` ${this.type(m.type(v))}`;
    const operands = this.operands(v);
    if (operands.length > 0) line += ` ${operands.join(", ")}`;
    if (this.options.offsets && m.sourceOffset(v) !== NONE) line += ` !${m.sourceOffset(v)}`;
    return line;
  }

  operands(v: Value): string[] {
    const { m } = this;
    const op = m.op(v);
    const count = m.argCount(v);
    const out: string[] = [];
    if (op === OP.Phi) {
      for (let i = 0; i + 1 < count; i += 2) out.push(`${this.block(m.arg(v, i + 1) as BlockId)}: ${this.operand(m.operand(v, i))}`);
      return out;
    }
    const first = op === OP.Variable ? 1 : 0; // a variable's storage class is in its type
    for (let i = first; i < count; i++) {
      const raw = m.arg(v, i);
      switch (operandLetter(op, i)) {
        case "v":
          out.push(this.operand(raw as Value));
          break;
        case "b":
          if (op === OP.Switch && i > 1) out[out.length - 1] += `: ${this.block(raw as BlockId)}`;
          else out.push(this.block(raw as BlockId));
          break;
        case "f":
          out.push(`@${this.functions[raw] ?? `?${raw}`}`);
          break;
        default:
          out.push(op === OP.SpanAtomic && i === 4 ? (ATOMIC_NAMES[raw] ?? String(raw)) : String(op === OP.Switch ? raw | 0 : raw >>> 0));
      }
    }
    return out;
  }

  type(type: TypeId): string {
    return printType(this.m.types, this.types, type);
  }

  block(b: BlockId): string {
    const n = this.blocks.get(b);
    return n === undefined ? `b?${b}` : `b${n}`;
  }

  /** Total: a value that stands nowhere prints as `%?id`. */
  operand(v: Value): string {
    const { m } = this;
    if (v < 0 || v >= m.valueCount) return `%?${v}`;
    if (m.op(v) <= OP.Undef) return this.constant(v, true);
    const global = this.globals.get(v);
    if (global !== undefined) return `@${global}`;
    const n = this.numbers.get(v);
    return n > 0 ? `%${n - 1}` : `%?${v}`;
  }

  /** @param typed false inside a composite, whose type says the part's. Depth is bounded: parts of big constants are names. */
  constant(v: Value, typed: boolean): string {
    const { m } = this;
    const big = this.bigConstants.get(v);
    if (big !== undefined) return `#${big}`;
    const type = m.type(v);
    switch (m.op(v)) {
      case OP.ConstantNull:
        return typed ? `null ${this.type(type)}` : "null";
      case OP.Undef:
        return typed ? `undef ${this.type(type)}` : "undef";
      case OP.ConstantComposite: {
        const parts: string[] = [];
        this.eachValueOperand(v, (part) => parts.push(this.constant(part, false)));
        return `${typed ? this.type(type) : ""}(${parts.join(", ")})`;
      }
    }
    const bits = m.arg(v, 0);
    if (m.types.kind(type) === TYPE_KIND.Bool) return bits === 0 ? "false" : "true";
    const text = m.types.kind(type) === TYPE_KIND.Float ? printFloat(bits) : String(m.types.isSigned(type) ? bits | 0 : bits >>> 0);
    return typed ? `${this.type(type)} ${text}` : text;
  }
}
