/**
 * Reads the text form that `print.ts` writes. Total: any text gives a module or errors with line and column. It checks that names are
 * defined and operands are of the kind their op takes, so that a module exists; whether it makes sense is for `validate.ts`.
 */
import { Budget } from "../support/column.ts";
import { Limit } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { lex, TOKEN, type Token, type TokenKind } from "./lex.ts";
import { type BlockId, type EntryPoint, type FunctionId, type Global, Module, operandLetter, type Value } from "./module.ts";
import { ATOMIC, OP, OPS, type OpName } from "./ops.ts";
import { bitsOfFloat, MAX_TYPE_DEPTH, STORAGE_NAMES } from "./print-type.ts";
import { type Member, STORAGE, TYPE_KIND, type TypeId } from "./types.ts";

export interface ParseError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ParseResult =
  | {
      readonly ok: true;
      readonly module: Module;
      /** line of an instruction's or global's definition, or 0 */
      readonly lineOf: (v: Value) => number;
      readonly lineOfBlock: (b: BlockId) => number;
    }
  | { readonly ok: false; readonly errors: readonly ParseError[] };

const MAX_ERRORS = 20;

/** Carries the first error of a line up to the loop over lines. */
class Failure {
  readonly token: Token;
  readonly message: string;
  constructor(token: Token, message: string) {
    this.token = token;
    this.message = message;
  }
}

export function parse(text: string, budget: Budget = new Budget()): ParseResult {
  try {
    const parser = new Parser(lex(text), budget);
    parser.module();
    if (parser.errors.length > 0) return { ok: false, errors: parser.errors };
    return {
      ok: true,
      module: parser.m,
      lineOf: (v) => parser.lines.get(v) ?? 0,
      lineOfBlock: (b) => parser.blockLines.get(b) ?? 0,
    };
  } catch (e) {
    if (e instanceof Limit) return { ok: false, errors: [{ line: 1, column: 1, message: e.message }] };
    throw e;
  }
}

interface Fix {
  readonly token: Token;
  readonly v: Value;
  readonly index: number;
}

class Parser {
  readonly m: Module;
  readonly errors: ParseError[] = [];
  readonly lines = new Map<number, number>();
  readonly blockLines = new Map<number, number>();
  readonly #tokens: readonly Token[];
  #at = 0;
  readonly #structs = new Map<string, TypeId>();
  readonly #constants = new Map<string, Value>();
  readonly #globals = new Map<string, Value>();
  readonly #functions = new Map<string, FunctionId>();
  #values = new Map<string, Value>();
  #blocks = new Map<string, BlockId>();
  #blockUse = new Map<string, Token>();
  #fixes: Fix[] = [];
  #calls: Fix[] = [];
  #entry: {
    readonly token: Token;
    readonly stage: EntryPoint["stage"];
    readonly size: [number, number, number];
    readonly name: string;
  } | null = null;

  constructor(tokens: readonly Token[], budget: Budget) {
    this.#tokens = tokens;
    this.m = new Module(budget);
  }

  // ---- tokens
  get #token(): Token {
    return this.#tokens[this.#at]!;
  }
  #fail(message: string, token: Token = this.#token): never {
    throw new Failure(token, message);
  }
  #is(text: string): boolean {
    const t = this.#token;
    return (t.kind === TOKEN.punct || t.kind === TOKEN.name) && t.text === text;
  }
  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }
  #expect(text: string): void {
    if (!this.#accept(text)) this.#fail(`expected '${text}', found ${this.#found()}`);
  }
  #take(kind: TokenKind, what: string): Token {
    const t = this.#token;
    if (t.kind !== kind) this.#fail(`expected ${what}, found ${this.#found()}`);
    this.#at++;
    return t;
  }
  #found(): string {
    const t = this.#token;
    if (t.kind === TOKEN.end) return "the end of the text";
    return t.kind === TOKEN.newline ? "the end of the line" : `'${t.text}'`;
  }
  #atLineEnd(): boolean {
    return this.#token.kind === TOKEN.newline || this.#token.kind === TOKEN.end;
  }
  #skipNewlines(): void {
    while (this.#token.kind === TOKEN.newline) this.#at++;
  }
  #int(what = "a number"): number {
    const t = this.#take(TOKEN.number, what);
    const n = Number(t.text);
    if (!Number.isInteger(n) || n < -0x80000000 || n > 0xffffffff) this.#fail(`'${t.text}' is not a 32-bit integer`, t);
    return n;
  }

  // ---- lines
  module(): void {
    for (this.#skipNewlines(); this.#token.kind !== TOKEN.end; this.#skipNewlines()) {
      if (!this.#line(() => this.#declaration())) return;
    }
    this.#line(() => this.#finish());
  }
  /** Runs `read`, then wants the end of the line; an error skips to it. False when there are too many errors to go on. */
  #line(read: () => void): boolean {
    try {
      read();
      if (!this.#atLineEnd()) this.#fail(`expected the end of the line, found ${this.#found()}`);
    } catch (e) {
      if (!(e instanceof Failure)) throw e;
      this.errors.push({ line: e.token.line, column: e.token.column, message: e.message });
      while (!this.#atLineEnd()) this.#at++;
    }
    return this.errors.length < MAX_ERRORS;
  }
  #declaration(): void {
    const t = this.#take(TOKEN.name, "a declaration");
    switch (t.text) {
      case "struct":
        return this.#struct();
      case "const":
        return this.#const();
      case "var":
        return this.#var();
      case "entry":
        return this.#entryPoint();
      case "fn":
        return this.#function();
      default:
        this.#fail(`expected struct, const, var, entry or fn, found '${t.text}'`, t);
    }
  }
  #finish(): void {
    for (const fix of this.#calls) {
      const f = this.#functions.get(fix.token.text);
      if (f === undefined) this.#fail(`unknown function '@${fix.token.text}'`, fix.token);
      this.m.setArg(fix.v, fix.index, f);
    }
    if (!this.#entry) return;
    const { token, stage, size, name } = this.#entry;
    const func = this.#functions.get(token.text);
    if (func === undefined) this.#fail(`unknown function '@${token.text}'`, token);
    this.m.entry = { name, stage, func, workgroupSize: size };
  }

  // ---- declarations
  #struct(): void {
    const name = this.#take(TOKEN.name, "a name");
    this.#expect("{");
    const members: Member[] = [];
    while (!this.#is("}")) {
      const type = this.#type();
      const offset = this.#take(TOKEN.global, "'@' and an offset");
      const bytes = Number(offset.text);
      if (offset.text === "" || !Number.isInteger(bytes) || bytes > 0x7fffffff) this.#fail(`'${offset.text}' is not an offset`, offset);
      members.push({ type, offset: bytes });
    }
    this.#expect("}");
    this.#expect("size");
    const size = this.#int("a size");
    if (this.#structs.has(name.text)) this.#fail(`struct '${name.text}' is declared twice`, name);
    this.#structs.set(name.text, this.m.types.struct(name.text, members, size));
  }
  #const(): void {
    const name = this.#take(TOKEN.hash, "'#' and a number");
    this.#expect("=");
    this.#constants.set(name.text, this.#constant());
  }
  #var(): void {
    const name = this.#take(TOKEN.global, "'@' and a name");
    this.#expect(":");
    const at = this.#token;
    const type = this.#type();
    if (this.m.types.kind(type) !== TYPE_KIND.Pointer) this.#fail("a variable's type is a pointer", at);
    let info: Omit<Global, "value"> = { name: name.text, group: NONE, binding: NONE, writable: false, builtin: "", location: NONE };
    let initializer: Value = NONE;
    while (!this.#atLineEnd()) {
      if (this.#accept("group")) info = { ...info, group: this.#int() };
      else if (this.#accept("binding")) info = { ...info, binding: this.#int() };
      else if (this.#accept("writable")) info = { ...info, writable: true };
      else if (this.#accept("builtin")) info = { ...info, builtin: this.#take(TOKEN.name, "a name").text };
      else if (this.#accept("location")) info = { ...info, location: this.#int() };
      else if (this.#accept("=")) initializer = this.#constant();
      else this.#fail(`expected group, binding, writable, builtin, location or '=', found ${this.#found()}`);
    }
    if (this.#globals.has(name.text)) this.#fail(`'@${name.text}' is declared twice`, name);
    const v = this.m.addGlobal(type, info, initializer);
    this.#globals.set(name.text, v);
    this.lines.set(v, name.line);
  }
  #entryPoint(): void {
    const stage = this.#take(TOKEN.name, "a stage");
    if (stage.text !== "compute" && stage.text !== "vertex" && stage.text !== "fragment")
      this.#fail(`'${stage.text}' is not a stage`, stage);
    const token = this.#take(TOKEN.global, "'@' and a function");
    const size: [number, number, number] = [1, 1, 1];
    let name = token.text;
    if (this.#accept("workgroup_size")) {
      this.#expect("(");
      for (let i = 0; i < 3; i++) size[i] = this.#int();
      this.#expect(")");
    }
    if (this.#accept("named")) {
      const quoted = this.#take(TOKEN.string, "a string");
      try {
        name = String(JSON.parse(quoted.text));
      } catch {
        this.#fail("malformed string", quoted);
      }
    }
    this.#entry = { token, stage: stage.text, size, name };
  }

  // ---- functions
  #function(): void {
    const name = this.#take(TOKEN.global, "'@' and a name");
    this.#expect("(");
    const names: Token[] = [];
    const types: TypeId[] = [];
    while (!this.#is(")")) {
      names.push(this.#take(TOKEN.value, "a parameter"));
      this.#expect(":");
      types.push(this.#type());
    }
    this.#expect(")");
    this.#expect("->");
    const returnType = this.#type();
    this.#expect("{");
    if (this.#functions.has(name.text)) this.#fail(`'@${name.text}' is declared twice`, name);
    const f = this.m.addFunction(name.text, returnType, types);
    this.#functions.set(name.text, f);
    this.#values = new Map();
    this.#blocks = new Map();
    this.#blockUse = new Map();
    this.#fixes = [];
    for (let i = 0; i < names.length; i++) this.#define(names[i]!, this.m.functions[f]!.params[i]!);
    this.#body(f);
    this.#expect("}");
    this.#resolve();
  }
  #body(f: FunctionId): void {
    let block: BlockId = NONE;
    for (this.#skipNewlines(); !this.#is("}") && this.#token.kind !== TOKEN.end; this.#skipNewlines()) {
      const go = this.#line(() => {
        if (this.#is("block")) block = this.#blockLabel(f);
        else if (block === NONE) this.#fail(`expected 'block', found ${this.#found()}`);
        else this.#instruction(block);
      });
      if (!go) return;
    }
  }
  #define(name: Token, v: Value): void {
    if (this.#values.has(name.text)) this.#fail(`'%${name.text}' is defined twice`, name);
    this.#values.set(name.text, v);
    this.lines.set(v, name.line);
  }
  #resolve(): void {
    for (const fix of this.#fixes) {
      const v = this.#values.get(fix.token.text);
      if (v === undefined) this.#fail(`unknown value '%${fix.token.text}'`, fix.token);
      this.m.setArg(fix.v, fix.index, v);
    }
    for (const [name, token] of this.#blockUse) {
      if (this.m.functionOf(this.#blocks.get(name)!) === NONE) this.#fail(`unknown block '${name}'`, token);
    }
  }
  #block(): BlockId {
    const t = this.#take(TOKEN.name, "a block");
    let b = this.#blocks.get(t.text);
    if (b === undefined) {
      b = this.m.createBlock();
      this.#blocks.set(t.text, b);
      this.#blockUse.set(t.text, t);
    }
    return b;
  }
  #blockLabel(f: FunctionId): BlockId {
    const at = this.#token;
    this.#expect("block");
    const name = this.#token;
    const b = this.#block();
    if (this.m.functionOf(b) !== NONE) this.#fail(`block '${name.text}' is defined twice`, name);
    this.m.appendBlock(f, b);
    this.blockLines.set(b, at.line);
    if (this.#accept("(")) {
      const loop = this.#accept("loop");
      if (!loop) this.#expect("selection");
      this.#expect("merge");
      const merge = this.#block();
      let target: BlockId = NONE;
      if (loop) {
        this.#expect("continue");
        target = this.#block();
      }
      this.#expect(")");
      this.m.setMerge(b, merge, target);
    }
    this.#expect(":");
    return b;
  }
  #instruction(block: BlockId): void {
    let result: Token | null = null;
    if (this.#token.kind === TOKEN.value) {
      result = this.#take(TOKEN.value, "a value");
      this.#expect("=");
    }
    const name = this.#take(TOKEN.name, "an operation");
    if (!Object.hasOwn(OPS, name.text)) this.#fail(`unknown operation '${name.text}'`, name);
    const op = name.text as OpName;
    if (OP[op] <= OP.Undef || op === "FunctionParameter") this.#fail(`'${op}' stands in no block`, name);
    if (!OPS[op].result && result) this.#fail(`'${op}' has no result`, result);
    const typeAt = this.#token;
    const type = OPS[op].result ? this.#type() : this.m.types.void;
    if (result && this.m.types.kind(type) === TYPE_KIND.Void) this.#fail("a result cannot be void", typeAt);
    if (!result && OPS[op].result && this.m.types.kind(type) !== TYPE_KIND.Void)
      this.#fail(`'${op}' needs a result: write '%name = ${op}'`, name);
    const fixes: Fix[] = [];
    const calls: Fix[] = [];
    const args = this.#operands(op, type, fixes, calls);
    const offset = this.#token.kind === TOKEN.offset ? Number(this.#take(TOKEN.offset, "an offset").text) : NONE;
    const v = this.m.append(block, op, type, args, Number.isInteger(offset) ? offset : NONE);
    for (const f of fixes) this.#fixes.push({ ...f, v });
    for (const f of calls) this.#calls.push({ ...f, v });
    this.lines.set(v, name.line);
    if (result) this.#define(result, v);
  }
  #operands(op: OpName, type: TypeId, fixes: Fix[], calls: Fix[]): number[] {
    const out: number[] = [];
    const operandEnd = () => this.#atLineEnd() || this.#token.kind === TOKEN.offset;
    if (op === "Variable") {
      if (this.m.types.kind(type) !== TYPE_KIND.Pointer) this.#fail("a variable's type is a pointer");
      out.push(this.m.types.storage(type));
    }
    if (op === "Phi") {
      while (!operandEnd()) {
        const from = this.#block();
        this.#expect(":");
        out.push(this.#operand(out.length, fixes), from);
      }
      return out;
    }
    const letters = OPS[op].args;
    while (!operandEnd()) {
      const i = out.length;
      switch (operandLetter(OP[op], i)) {
        case "v":
          out.push(this.#operand(i, fixes));
          break;
        case "b":
          if (op === "Switch" && i > 1) this.#expect(":");
          out.push(this.#block());
          break;
        case "f":
          calls.push({ token: this.#take(TOKEN.global, "'@' and a function"), v: NONE, index: i });
          out.push(0);
          break;
        case "l":
          out.push(op === "SpanAtomic" && i === 4 ? this.#atomic() : this.#int() | 0);
          break;
        default:
          this.#fail(`too many operands for '${op}'`);
      }
    }
    const least = letters.includes("(") ? letters.indexOf("(") : letters.endsWith("*") ? letters.length - 2 : letters.length;
    if (out.length < least) this.#fail(`'${op}' takes ${letters.endsWith("*") ? "at least " : ""}${least} operands, found ${out.length}`);
    return out;
  }
  #atomic(): number {
    const t = this.#take(TOKEN.name, "an atomic operation");
    if (!Object.hasOwn(ATOMIC, t.text)) this.#fail(`unknown atomic operation '${t.text}'`, t);
    return ATOMIC[t.text as keyof typeof ATOMIC];
  }
  #operand(index: number, fixes: Fix[]): number {
    const t = this.#token;
    if (t.kind === TOKEN.value) {
      this.#at++;
      const known = this.#values.get(t.text);
      if (known !== undefined) return known;
      fixes.push({ token: t, v: NONE, index });
      return 0;
    }
    if (t.kind === TOKEN.global) {
      this.#at++;
      return this.#globals.get(t.text) ?? this.#fail(`unknown variable '@${t.text}'`, t);
    }
    return this.#constant();
  }

  // ---- types
  #type(depth = 0): TypeId {
    if (depth > MAX_TYPE_DEPTH) this.#fail("types are nested too deep");
    const { types } = this.m;
    const t = this.#take(TOKEN.name, "a type");
    const simple = { void: types.void, bool: types.bool, i32: types.i32, u32: types.u32, f32: types.f32, f16: types.f16 };
    if (Object.hasOwn(simple, t.text)) return simple[t.text as keyof typeof simple];
    const struct = this.#structs.get(t.text);
    if (struct !== undefined) return struct;
    if (t.text === "ptr") return this.#pointer(depth);
    if (t.text === "array") return this.#array(depth);
    const shape = t.text;
    if (shape.length === 4 && shape.startsWith("vec") && isSize(shape[3])) {
      this.#expect("<");
      const at = this.#token;
      const component = this.#type(depth + 1);
      if (!types.isScalar(component)) this.#fail("a vector's components are scalars", at);
      this.#expect(">");
      return types.vector(component, Number(shape[3]));
    }
    if (shape.length === 6 && shape.startsWith("mat") && shape[4] === "x" && isSize(shape[3]) && isSize(shape[5])) {
      this.#expect("<");
      const at = this.#token;
      const component = this.#type(depth + 1);
      if (!types.isScalar(component)) this.#fail("a matrix' components are scalars", at);
      const stride = this.#stride();
      return types.matrix(types.vector(component, Number(shape[5])), Number(shape[3]), stride);
    }
    return this.#fail(`unknown type '${t.text}'`, t);
  }
  #pointer(depth: number): TypeId {
    this.#expect("<");
    const t = this.#take(TOKEN.name, "a storage class");
    const storage = STORAGE_NAMES.find((name) => name === t.text);
    if (!storage) this.#fail(`unknown storage class '${t.text}'`, t);
    const pointee = this.#type(depth + 1);
    this.#expect(">");
    return this.m.types.pointer(STORAGE[storage], pointee);
  }
  #array(depth: number): TypeId {
    this.#expect("<");
    const at = this.#token;
    const element = this.#type(depth + 1);
    const kind = this.m.types.kind(element);
    if (kind === TYPE_KIND.Void || kind === TYPE_KIND.Pointer) this.#fail("an array's elements are values with a size", at);
    if (this.#is("stride")) return this.m.types.runtimeArray(element, this.#stride());
    const count = this.#int("a count");
    if (count < 1 || count > 0x7fffffff) this.#fail(`an array cannot have ${count} elements`);
    return this.m.types.array(element, count, this.#stride());
  }
  #stride(): number {
    this.#expect("stride");
    const stride = this.#int("a stride");
    if (stride < 1 || stride > 0x7fffffff) this.#fail(`a stride cannot be ${stride}`);
    this.#expect(">");
    return stride;
  }

  // ---- constants
  #constant(): Value {
    const t = this.#token;
    if (t.kind === TOKEN.hash) {
      this.#at++;
      return this.#constants.get(t.text) ?? this.#fail(`unknown constant '#${t.text}'`, t);
    }
    if (this.#accept("true")) return this.m.constant(this.m.types.bool, 1);
    if (this.#accept("false")) return this.m.constant(this.m.types.bool, 0);
    if (this.#accept("null")) return this.m.constantNull(this.#type());
    if (this.#accept("undef")) return this.m.undef(this.#type());
    if (t.kind !== TOKEN.name) this.#fail(`expected a value, found ${this.#found()}`);
    const type = this.#type();
    return this.#constantOf(type, 0);
  }
  #constantOf(type: TypeId, depth: number): Value {
    const { m } = this;
    if (depth > MAX_TYPE_DEPTH) this.#fail("constants are nested too deep");
    if (this.#accept("null")) return m.constantNull(type);
    if (this.#accept("undef")) return m.undef(type);
    if (this.#token.kind === TOKEN.hash) return this.#constant();
    const kind = m.types.kind(type);
    if (kind === TYPE_KIND.Bool) {
      if (this.#accept("true")) return m.constant(type, 1);
      this.#expect("false");
      return m.constant(type, 0);
    }
    if (kind === TYPE_KIND.Int) return m.constant(type, this.#int());
    if (kind === TYPE_KIND.Float) return m.constant(type, this.#float());
    if (kind < TYPE_KIND.Vector || kind > TYPE_KIND.Struct || kind === TYPE_KIND.RuntimeArray) this.#fail("no constants of this type");
    const open = this.#token;
    this.#expect("(");
    const parts: Value[] = [];
    while (!this.#is(")")) {
      if (parts.length >= m.types.length(type)) this.#fail(`too many parts: the type has ${m.types.length(type)}`);
      parts.push(this.#constantOf(kind === TYPE_KIND.Struct ? m.types.memberType(type, parts.length) : m.types.element(type), depth + 1));
    }
    this.#expect(")");
    if (parts.length !== m.types.length(type)) this.#fail(`the type has ${m.types.length(type)} parts, found ${parts.length}`, open);
    return m.constantComposite(type, parts);
  }
  /** Hexadecimal numbers are bits. */
  #float(): number {
    const t = this.#take(TOKEN.number, "a number");
    const n = Number(t.text);
    if (Number.isNaN(n)) this.#fail(`'${t.text}' is not a number`, t);
    return t.text.startsWith("0x") ? n | 0 : bitsOfFloat(n);
  }
}

function isSize(c: string | undefined): boolean {
  return c === "2" || c === "3" || c === "4";
}
