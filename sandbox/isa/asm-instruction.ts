/** Reads one instruction's text into a word. The grammar is that of `disassemble.ts`; see README.md for it. */
import { AsmFault, type AsmLine, HEAD } from "./asm-line.ts";
import { accessC, accessK, accessM, accessN, accessT, accessZ, g, lowWord, ORDER, v, w } from "./encode.ts";
import { ISA, KIND, type Mnemonic, type Row, SYS } from "./table.ts";

export interface ParsedWord {
  readonly low: number;
  high: number;
  /** the text gave the target itself */
  readonly hasTarget: boolean;
  /** name of the function called, to be resolved when all are known */
  readonly callee: string | undefined;
}

const isMnemonic = (text: string): text is Mnemonic => Object.hasOwn(ISA, text);
const isSys = (text: string): text is keyof typeof SYS => Object.hasOwn(SYS, text);

/** `head` is the mnemonic, or `block.v` and `loop.g` with their kind. */
export function parseInstruction(head: string, line: AsmLine): ParsedWord {
  const [base, kind] = splitKind(head);
  if (!isMnemonic(base)) throw new AsmFault(HEAD, `unknown instruction '${head}'`);
  const row: Row = ISA[base];
  const word = (low: number, high: number): ParsedWord => ({ low, high: high >>> 0, hasTarget: false, callee: undefined });
  if (base === "sys") return word(lowWord(row.imm, operand(line), 0, 0), parseSys(line));
  if (base === "slot.len") {
    const d = operand(line);
    line.expect(",");
    return word(lowWord(row.code, d, 0, slot(line)), 0);
  }
  if (row.form === "alu") return parseAlu(base, row, line);
  if (row.form === "mem") return parseMem(row, line);
  return parseControl(base, row, kind, line);
}

function splitKind(head: string): [string, number] {
  for (const base of ["block", "loop"]) {
    if (head === `${base}.g`) return [base, KIND.g];
    if (head === `${base}.w`) return [base, KIND.w];
    if (head === `${base}.v`) return [base, KIND.v];
    if (head === base) throw new AsmFault(HEAD, `'${base}' needs its kind: ${base}.g, ${base}.w or ${base}.v`);
  }
  return [head, 0];
}

/** A number written in a name after a letter: `v12`; -1 where it is none. */
function suffixNumber(text: string): number {
  let n = 0;
  for (let i = 1; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9 || i > 5) return -1;
    n = n * 10 + digit;
  }
  return text.length > 1 ? n : -1;
}

/** A register's operand byte. */
function operand(line: AsmLine): number {
  const column = line.column;
  const text = line.name("a register");
  const n = suffixNumber(text);
  if (n >= 0 && text[0] === "v") return v(n);
  if (n >= 0 && text[0] === "w") return w(n);
  if (n >= 0 && text[0] === "g") return g(n);
  throw new AsmFault(column, `'${text}' is no register`);
}

function slot(line: AsmLine): number {
  const column = line.column;
  const text = line.name("a slot");
  const n = suffixNumber(text);
  if (text[0] !== "s" || n < 0) throw new AsmFault(column, `'${text}' is no slot`);
  if (n > 255) throw new AsmFault(column, `slot ${n} is not in 0 to 255`);
  return n;
}

function parseSys(line: AsmLine): number {
  line.expect(",");
  if (line.peek()?.text === "#") return line.immediate();
  const column = line.column;
  const name = line.name("a system value");
  if (!isSys(name)) throw new AsmFault(column, `unknown system value '${name}'`);
  return SYS[name].index;
}

function parseAlu(mnemonic: Mnemonic, row: Row, line: AsmLine): ParsedWord {
  const d = operand(line);
  const sources = [0, 0, 0];
  let immediate: number | undefined;
  for (let i = 0; i < row.src.length; i++) {
    line.expect(",");
    if (line.peek()?.text === "#") {
      if (row.imm < 0) line.fail(`'${mnemonic}' has no immediate form`);
      if (i !== row.src.length - 1) line.fail("only the last source can be an immediate");
      immediate = line.immediate();
    } else {
      sources[i] = operand(line);
    }
  }
  const low = lowWord(immediate === undefined ? row.code : row.imm, d, sources[0]!, sources[1]!);
  return { low, high: immediate ?? sources[2]!, hasTarget: false, callee: undefined };
}

/** `data, s0[v1 + 16], C, contig` */
function parseMem(row: Row, line: AsmLine): ParsedWord {
  const data = operand(line);
  line.expect(",");
  const b = slot(line);
  line.expect("[");
  let a: number | undefined;
  let offset = 0;
  if (line.peek()?.kind === "name") {
    a = operand(line);
    if (line.accept("+")) offset = line.number("an offset");
  } else {
    offset = line.number("an offset or a register");
  }
  line.expect("]");
  line.expect(",");
  const high = parseAccess(line, a !== undefined, offset);
  return { low: lowWord(row.code, data, a ?? 0, b), high, hasTarget: false, callee: undefined };
}

function parseAccess(line: AsmLine, hasRegister: boolean, offset: number): number {
  const column = line.column;
  const mode = line.name("a mode: K, N, M, C, T or Z");
  if ((mode === "K") === hasRegister) throw new AsmFault(column, `mode ${mode} takes ${hasRegister ? "no" : "a"} register`);
  let extent = 0;
  if (mode === "N" || mode === "M") {
    line.expect(mode === "N" ? "lim" : "bits");
    line.expect("=");
    extent = line.number(mode === "N" ? "a limit in bytes" : "a number of bits");
  }
  const contiguous = line.accept(",");
  if (contiguous) line.expect("contig");
  switch (mode) {
    case "K":
      return accessK(offset, contiguous);
    case "N":
      return accessN(offset, extent, contiguous);
    case "M":
      return accessM(offset, extent, contiguous);
    case "C":
      return accessC(offset, contiguous);
    case "T":
      return accessT(offset, contiguous);
    case "Z":
      return accessZ(offset, contiguous);
    default:
      throw new AsmFault(column, `'${mode}' is no mode: K, N, M, C, T or Z`);
  }
}

function parseControl(mnemonic: Mnemonic, row: Row, kind: number, line: AsmLine): ParsedWord {
  if (mnemonic === "call") return parseCall(row, line);
  let d = kind;
  let a = 0;
  let high = 0;
  if (row.dst.length > 0) {
    d = operand(line);
    line.expect(",");
  }
  if (row.src.length > 0) a = operand(line);
  if (mnemonic === "brk.if") line.expect(",");
  if (mnemonic === "brk" || mnemonic === "brk.if") high = line.number("a depth");
  if (mnemonic === "barrier") high = parseOrder(line);
  const hasTarget = line.accept("->");
  if (hasTarget) high = line.number("a target");
  return { low: lowWord(row.code, d, a, 0), high, hasTarget, callee: undefined };
}

/** `barrier workgroup storage`, or `barrier #n` */
function parseOrder(line: AsmLine): number {
  if (line.peek()?.text === "#") return line.immediate();
  let order = 0;
  while (line.peek() !== undefined) {
    if (line.accept("workgroup")) order |= ORDER.workgroup;
    else if (line.accept("storage")) order |= ORDER.storage;
    else if (line.accept("textures")) order |= ORDER.textures;
    else line.fail("expected workgroup, storage or textures");
  }
  return order;
}

/** `call f, v8, v0, w2, g1`: result, then first v, w and g argument; `_` or nothing where there is none. */
function parseCall(row: Row, line: AsmLine): ParsedWord {
  const index = line.peek()?.text === "#" ? line.immediate() : -1;
  const callee = index < 0 ? line.name("a function") : undefined;
  const fields = [0, 0, 0, 0];
  for (let i = 0; i < 4 && line.accept(","); i++) {
    if (!line.accept("_")) fields[i] = operand(line);
  }
  if (index > 0xfff) throw new AsmFault(HEAD, `function ${index} is not in 0 to 4095`);
  const low = lowWord(row.code, fields[0]!, fields[1]!, fields[2]!);
  return { low, high: ((fields[3]! << 24) | (callee === undefined ? index : 0)) >>> 0, hasTarget: false, callee };
}
