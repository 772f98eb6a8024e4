/**
 * The text form of objects to objects. Total: any text gives parts or the list of what is wrong in it. Targets and register counts are
 * computed; what the verifier must be able to reject can still be written (the last group below).
 *
 * ```text
 * .stage compute                       or vertex, fragment
 * .workgroup 64 1 1
 * .slot 0 storage read write min=4 group=0 binding=1      in order; kind, permissions, then stride= too where needed
 * .slot 1 scratch read write min=64    bytes per lane; a workgroup slot's min is the workgroup's bytes
 * .const 1 -2 0xdeadbeef 1.5f          words of the constant slot
 * .io location=0 components=4 kind=0 offset=16
 * .func main vargs=0 wargs=0 gargs=0 vresults=0           the first is the entry
 *   sys g0, workgroup_id.x             ; a comment
 *   shl w1, g0, #8                     // another
 *   fmul v1, v1, #1.5f                 immediates: #5 #-1 #0x80000000 #1.5f
 *   ld.32 v2, s0[w1 + 16], C, contig   offsets in bytes; modes K, N lim=48, M bits=10, C, T, Z
 *   ld.32 v2, s0[16], K                K has no register
 *   loop.v                             if v1 / else / end, block.g / end, loop.w / endloop
 *     brk.if v2, 0                     depth; brk 1, ret, ret.if v2
 *   endloop
 *   call f, v8, v0, w2, g1             first result, first v, w and g argument; _ for none
 *   barrier workgroup storage
 *   ret
 * .end
 *
 * .registers v=4 w=0 g=1               instead of the counts that the code names
 * .bytes scratch=64 workgroup=0        instead of what slots say
 * .word 0x000000e8 0                   any word, inside functions or outside
 * .loose                               constructs need not match: unmatched targets are 0
 * if v1 ->17                           any target
 * .table first=0 count=3 vargs=1       a row of the function table without code
 * ```
 */
import { parseInstruction } from "./asm-instruction.ts";
import { AsmFault, AsmLine, HEAD } from "./asm-line.ts";
import { CodeWriter } from "./encode.ts";
import { PERM, SLOT_KIND, STAGE } from "./modes.ts";
import type { ObjectParts } from "./object.ts";
import type { FunctionInfo, SlotInfo } from "./shapes.ts";
import { MAX_FUNCTIONS, MAX_SLOTS, MAX_WORDS } from "./table.ts";
import { countRegisters, matchConstructs } from "./word-fields.ts";

export interface AsmError {
  /** both from 1 */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type AssembleResult =
  | { readonly ok: true; readonly parts: ObjectParts }
  | { readonly ok: false; readonly errors: readonly AsmError[] };

/** Errors kept; more would only repeat. */
const MAX_ERRORS = 100;

/**
 * @param options.debug add a debug section that maps each word to its line of `text`
 */
export function assemble(text: string, options: { readonly debug?: boolean } = {}): AssembleResult {
  const state = new Assembly();
  const lines = text.split("\n");
  for (let i = 0; i < lines.length && state.errors.length < MAX_ERRORS; i++) state.readLine(lines[i]!, i + 1);
  const parts = state.finish(options.debug === true ? text : undefined);
  return state.errors.length > 0 ? { ok: false, errors: state.errors } : { ok: true, parts };
}

interface OpenFunction {
  readonly info: FunctionInfo;
  readonly line: number;
}

class Assembly {
  readonly errors: AsmError[] = [];
  readonly #code = new CodeWriter();
  readonly #functions: FunctionInfo[] = [];
  readonly #indexOf = new Map<string, number>();
  readonly #slots: SlotInfo[] = [];
  readonly #io: { location: number; components: number; kind: number; offset: number }[] = [];
  readonly #constants: number[] = [];
  readonly #lineOf: number[] = [];
  /** high words to fill in when all functions are known */
  readonly #calls: { word: number; high: number; callee: string; line: number }[] = [];
  /** words whose text states the target */
  readonly #stated = new Set<number>();
  #open: OpenFunction | undefined;
  #stage: number = STAGE.compute;
  #workgroup: [number, number, number] = [1, 1, 1];
  #loose = false;
  readonly #fixed: Partial<Record<"v" | "w" | "g" | "scratch" | "workgroup", number>> = {};
  #line = 0;

  readLine(text: string, line: number): void {
    this.#line = line;
    let first = 1;
    try {
      const cursor = new AsmLine(text);
      if (cursor.peek() === undefined) return;
      first = cursor.column;
      const head = cursor.name("an instruction or a directive");
      if (head.startsWith(".")) this.#directive(head, cursor);
      else this.#instruction(head, cursor);
      cursor.done();
    } catch (error) {
      if (error instanceof AsmFault) this.#report(line, error.column === HEAD ? first : error.column, error.message);
      else if (error instanceof RangeError) this.#report(line, first, error.message);
      else throw error;
    }
  }

  #report(line: number, column: number, message: string): void {
    if (this.errors.length < MAX_ERRORS) this.errors.push({ line, column, message });
  }

  #instruction(head: string, cursor: AsmLine): void {
    if (this.#open === undefined) throw new AsmFault(HEAD, `'${head}' is outside of a function`);
    const word = parseInstruction(head, cursor);
    const index = this.#emit(word.low, word.high);
    if (word.hasTarget) this.#stated.add(index);
    if (word.callee !== undefined) this.#calls.push({ word: index, high: word.high, callee: word.callee, line: this.#line });
  }

  #emit(low: number, high: number): number {
    if (this.#code.length >= MAX_WORDS) throw new AsmFault(HEAD, `more than ${MAX_WORDS} words`);
    this.#lineOf.push(this.#line);
    return this.#code.raw(low, high);
  }

  #directive(name: string, cursor: AsmLine): void {
    switch (name) {
      case ".stage":
        this.#stage = parseChoice(cursor, STAGE, "a stage");
        return;
      case ".workgroup":
        this.#workgroup = [cursor.number("a size"), cursor.number("a size"), cursor.number("a size")];
        return;
      case ".registers":
        parseFields(cursor, ["v", "w", "g"], this.#fixed);
        return;
      case ".bytes":
        parseFields(cursor, ["scratch", "workgroup"], this.#fixed);
        return;
      case ".loose":
        this.#loose = true;
        return;
      case ".slot":
        this.#slot(cursor);
        return;
      case ".io":
        this.#io.push({
          location: 0,
          components: 0,
          kind: 0,
          offset: 0,
          ...parseFields(cursor, ["location", "components", "kind", "offset"]),
        });
        return;
      case ".const":
        while (cursor.peek() !== undefined) this.#constants.push(cursor.number("a number"));
        return;
      case ".func":
        this.#func(cursor);
        return;
      case ".end":
        this.#endFunc(cursor);
        return;
      case ".table":
        this.#addFunction(`f${this.#functions.length}`, parseFields(cursor, ["first", "count", "vargs", "wargs", "gargs", "vresults"]));
        return;
      case ".word":
        this.#stated.add(this.#emit(cursor.number("a low word"), cursor.number("a high word")));
        return;
      default:
        throw new AsmFault(HEAD, `unknown directive '${name}'`);
    }
  }

  #slot(cursor: AsmLine): void {
    const column = cursor.column;
    const index = cursor.number("a slot number");
    if (index !== this.#slots.length) throw new AsmFault(column, `slots come in order: the next is ${this.#slots.length}`);
    if (index >= MAX_SLOTS) throw new AsmFault(column, `more than ${MAX_SLOTS} slots`);
    const kind = parseChoice(cursor, SLOT_KIND, "a slot kind");
    let permissions = 0;
    for (;;) {
      if (cursor.accept("read")) permissions |= PERM.read;
      else if (cursor.accept("write")) permissions |= PERM.write;
      else if (cursor.accept("atomic")) permissions |= PERM.atomic;
      else break;
    }
    const fields = parseFields(cursor, ["min", "stride", "group", "binding", "permissions"]);
    this.#slots.push({ kind, permissions, min: 0, stride: 0, group: 0, binding: 0, ...fields });
  }

  #func(cursor: AsmLine): void {
    const column = cursor.column;
    const name = cursor.name("a name");
    if (this.#open !== undefined) throw new AsmFault(column, `function '${name}' starts inside another; '.end' is missing`);
    if (this.#indexOf.has(name)) throw new AsmFault(column, `a second function '${name}'`);
    const info = this.#addFunction(name, { ...parseFields(cursor, ["vargs", "wargs", "gargs", "vresults"]), first: this.#code.length });
    this.#open = { info, line: this.#line };
  }

  #addFunction(name: string, f: Partial<Record<"first" | "count" | "vargs" | "wargs" | "gargs" | "vresults", number>>): FunctionInfo {
    if (this.#functions.length >= MAX_FUNCTIONS) throw new AsmFault(HEAD, `more than ${MAX_FUNCTIONS} functions`);
    const { first = 0, count = 0, vargs: vArgs = 0, wargs: wArgs = 0, gargs: gArgs = 0, vresults: vResults = 0 } = f;
    const info = { first, count, vArgs, wArgs, gArgs, vResults };
    this.#indexOf.set(name, this.#functions.length);
    this.#functions.push(info);
    return info;
  }

  #endFunc(cursor: AsmLine): void {
    if (this.#open === undefined) cursor.fail("'.end' without '.func'");
    const { info } = this.#open;
    const count = this.#code.length - info.first;
    this.#functions[this.#functions.length - 1] = { ...info, count };
    this.#open = undefined;
    const { targets, faults } = matchConstructs(this.#code.code(info.first, count), info.first);
    targets.forEach((target, i) => {
      if (target >= 0 && !this.#stated.has(info.first + i)) this.#code.patch(info.first + i, target);
    });
    if (this.#loose) return;
    for (const fault of faults) this.#report(this.#lineOf[fault.word]!, 1, fault.message);
  }

  finish(debugText: string | undefined): ObjectParts {
    if (this.#open !== undefined) this.#report(this.#open.line, 1, "this '.func' has no '.end'");
    for (const call of this.#calls) {
      const index = this.#indexOf.get(call.callee);
      if (index === undefined) this.#report(call.line, 1, `unknown function '${call.callee}'`);
      else this.#code.patch(call.word, call.high | index);
    }
    const code = this.#code.code();
    const registers = countRegisters(code, this.#functions);
    const bytesOf = (kind: number) => this.#slots.find((s) => s.kind === kind)?.min ?? 0;
    return {
      stage: this.#stage,
      workgroupSize: this.#workgroup,
      vRegisters: this.#fixed.v ?? registers.v,
      wRegisters: this.#fixed.w ?? registers.w,
      gRegisters: this.#fixed.g ?? registers.g,
      scratchBytes: this.#fixed.scratch ?? bytesOf(SLOT_KIND.scratch),
      workgroupBytes: this.#fixed.workgroup ?? bytesOf(SLOT_KIND.workgroup),
      functions: this.#functions,
      slots: this.#slots,
      io: this.#io,
      code,
      constants: Uint8Array.from(this.#constants.flatMap((word) => [word, word >>> 8, word >>> 16, word >>> 24])),
      ...(debugText === undefined ? {} : { debug: this.#debug(debugText) }),
    };
  }

  #debug(source: string) {
    return {
      source,
      functions: [...this.#indexOf.keys()],
      slots: this.#slots.map((_, i) => `s${i}`),
      lines: this.#lineOf.flatMap((line) => [line, 1]),
    };
  }
}

/** A name of `table`, or `#number` for what has no name. */
function parseChoice(cursor: AsmLine, table: Readonly<Record<string, number>>, what: string): number {
  if (cursor.peek()?.text === "#") return cursor.immediate();
  const column = cursor.column;
  const name = cursor.name(what);
  const value = Object.hasOwn(table, name) ? table[name] : undefined;
  if (value === undefined) throw new AsmFault(column, `'${name}' is not ${what}: ${Object.keys(table).join(", ")}`);
  return value;
}

/** `key=number` pairs up to the line's end. */
function parseFields<K extends string>(
  cursor: AsmLine,
  keys: readonly K[],
  into: Partial<Record<K, number>> = {},
): Partial<Record<K, number>> {
  while (cursor.peek() !== undefined) {
    const column = cursor.column;
    const name = cursor.name("a field");
    const key = keys.find((k) => k === name);
    if (key === undefined) throw new AsmFault(column, `unknown field '${name}': ${keys.join(", ")}`);
    cursor.expect("=");
    into[key] = cursor.number("a number");
  }
  return into;
}
