/**
 * What tools need to know about words: which fields are operands, how many registers code names, where constructs end. The verifier and
 * the machine decode with their own code: two decoders made from one would share its bugs.
 */
import { fileOf, numberOf } from "./encode.ts";
import { MODE, type ModeName } from "./modes.ts";
import type { FunctionInfo } from "./shapes.ts";
import { BY_CODE, ISA, type Mnemonic, type Row } from "./table.ts";

/** The row of an op byte, or undefined. */
export function rowOf(op: number): { readonly mnemonic: Mnemonic; readonly row: Row; readonly isImmediate: boolean } | undefined {
  const mnemonic = BY_CODE[op];
  if (mnemonic === undefined) return undefined;
  return { mnemonic, row: ISA[mnemonic], isImmediate: op === ISA[mnemonic].imm };
}

/** By mode number. */
export const MODE_NAMES: readonly ModeName[] = ["K", "N", "M", "C", "T", "Z"];

export interface RegisterCounts {
  v: number;
  w: number;
  g: number;
}

/** The least register counts with which every operand of `code` exists. Unknown ops name none. */
export function countRegisters(code: Uint32Array, functions: readonly FunctionInfo[]): RegisterCounts {
  const counts: RegisterCounts = { v: 0, w: 0, g: 0 };
  const use = (operand: number, registers = 1) => {
    const file = fileOf(operand);
    counts[file] = Math.max(counts[file], numberOf(operand) + registers);
  };
  for (let i = 0; i < code.length; i += 2) visitOperands(code[i]!, code[i + 1]!, functions, use);
  for (const f of functions) {
    counts.v = Math.max(counts.v, f.vArgs, f.vResults);
    counts.w = Math.max(counts.w, f.wArgs);
    counts.g = Math.max(counts.g, f.gArgs);
  }
  return counts;
}

/** Calls `use` with each operand byte of a word and how many consecutive registers it stands for. */
function visitOperands(
  low: number,
  high: number,
  functions: readonly FunctionInfo[],
  use: (operand: number, registers?: number) => void,
): void {
  const found = rowOf(low & 255);
  if (found === undefined) return;
  const { mnemonic, row, isImmediate } = found;
  const d = (low >>> 8) & 255;
  const a = (low >>> 16) & 255;
  const b = low >>> 24;
  if (row.form === "alu") {
    const sources = [a, b, high & 255].slice(0, row.src.length - (isImmediate ? 1 : 0));
    for (const operand of [d, ...sources]) use(operand);
  } else if (row.form === "mem") {
    use(d, row.regs);
    if (mnemonic !== "slot.len" && high >>> 29 !== MODE.K) use(a);
  } else if (mnemonic === "call") {
    const callee = functions[high & 0xfff];
    if (callee === undefined) return;
    if (callee.vResults > 0) use(d, callee.vResults);
    if (callee.vArgs > 0) use(a, callee.vArgs);
    if (callee.wArgs > 0) use(b, callee.wArgs);
    if (callee.gArgs > 0) use(high >>> 24, callee.gArgs);
  } else {
    if (row.dst.length > 0) use(d);
    if (row.src.length > 0) use(a);
  }
}

export interface Structure {
  /** per word: what its high word holds if it is a construct's, else -1 */
  readonly targets: Int32Array;
  /** places (word indices of the object) where constructs do not match */
  readonly faults: readonly { readonly word: number; readonly message: string }[];
}

/**
 * Matches the constructs of one function. Words that match nothing have target 0.
 * @param code the function's words, of which the first is word `first` of the object
 */
export function matchConstructs(code: Uint32Array, first: number): Structure {
  const count = code.length / 2;
  const targets = new Int32Array(count).fill(-1);
  const faults: { word: number; message: string }[] = [];
  const open: { index: number; mnemonic: Mnemonic }[] = [];
  const fault = (index: number, message: string) => faults.push({ word: first + index, message });
  for (let i = 0; i < count; i++) {
    const mnemonic = BY_CODE[code[i * 2]! & 255];
    const top = open.at(-1);
    if (mnemonic === "if" || mnemonic === "block" || mnemonic === "loop") {
      targets[i] = 0;
      open.push({ index: i, mnemonic });
    } else if (mnemonic === "else") {
      targets[i] = 0;
      if (top?.mnemonic === "if") {
        targets[top.index] = first + i;
        open[open.length - 1] = { index: i, mnemonic };
      } else {
        fault(i, "'else' without an 'if'");
      }
    } else if (mnemonic === "end" || mnemonic === "endloop") {
      if (mnemonic === "endloop") targets[i] = 0;
      if (top !== undefined && (top.mnemonic === "loop") === (mnemonic === "endloop")) {
        open.pop();
        targets[top.index] = first + i;
        if (mnemonic === "endloop") targets[i] = first + top.index;
      } else {
        fault(i, top === undefined ? `'${mnemonic}' closes nothing` : `'${mnemonic}' cannot close '${top.mnemonic}'`);
      }
    }
  }
  for (const { index, mnemonic } of open) fault(index, `'${mnemonic}' is not closed`);
  return { targets, faults };
}
