/** One word as text. What it prints is exact only where `parseInstruction` reads it back; `disassemble.ts` sees to that. */
import { bitsFloat, floatBits } from "./asm-line.ts";
import { fileOf, numberOf, ORDER } from "./encode.ts";
import type { FunctionInfo } from "./shapes.ts";
import { KIND, type Mnemonic, type Row, SYS } from "./table.ts";
import { MODE_NAMES, rowOf } from "./word-fields.ts";

/** The instruction of a word, without its target, or undefined where its op or a field has no text. */
export function printWord(low: number, high: number, functions: readonly FunctionInfo[], names: readonly string[]): string | undefined {
  const found = rowOf(low & 255);
  if (found === undefined) return undefined;
  const { mnemonic, row, isImmediate } = found;
  const d = (low >>> 8) & 255;
  const a = (low >>> 16) & 255;
  const b = low >>> 24;
  if (mnemonic === "sys") return `sys ${register(d)}, ${sysName(high)}`;
  if (mnemonic === "slot.len") return `slot.len ${register(d)}, s${b}`;
  if (mnemonic === "call") return printCall(d, a, b, high, functions, names);
  if (row.form === "alu") return printAlu(mnemonic, row, isImmediate, [d, a, b, high]);
  if (row.form === "mem") return printAccess(mnemonic, d, a, b, high);
  return printControl(mnemonic, row, d, a, high);
}

/** `v3` */
export function register(operand: number): string {
  return `${fileOf(operand)}${numberOf(operand)}`;
}

function sysName(index: number): string {
  return Object.entries(SYS).find(([, value]) => value.index === index)?.[0] ?? `#${index}`;
}

function printAlu(mnemonic: Mnemonic, row: Row, isImmediate: boolean, [d, a, b, high]: readonly [number, number, number, number]): string {
  const sources = [a, b, high & 255].slice(0, row.src.length).map(register);
  if (isImmediate) sources[sources.length - 1] = `#${immediate(mnemonic, high)}`;
  return `${mnemonic} ${[register(d), ...sources].join(", ")}`;
}

const MOVES: readonly Mnemonic[] = ["mov", "mov.m", "sel"];

/** A number as its reader would write it: small integers in decimal, floats where the instruction takes floats or the value looks like one. */
function immediate(mnemonic: Mnemonic, bits: number): string {
  const signed = bits | 0;
  const float = floatText(bits);
  if (float !== undefined && mnemonic.startsWith("f")) return float;
  if (signed >= -0xffff && signed <= 0xffff) return String(signed);
  if (float !== undefined && float.length <= 9 && MOVES.includes(mnemonic) && Math.abs(bitsFloat(bits)) > 1e-6 && !float.includes("e"))
    return float;
  return `0x${bits.toString(16)}`;
}

/** The shortest decimal that rounds to this f32, or undefined for infinities and NaN. */
export function floatText(bits: number): string | undefined {
  const value = bitsFloat(bits);
  if (!Number.isFinite(value)) return undefined;
  if (value === 0) return Object.is(value, -0) ? "-0f" : "0f";
  for (let digits = 1; digits <= 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (floatBits(shorter) === bits) return `${shorter}f`;
  }
  return undefined;
}

function printAccess(mnemonic: Mnemonic, d: number, a: number, slot: number, access: number): string | undefined {
  const mode = MODE_NAMES[access >>> 29];
  if (mode === undefined) return undefined;
  let offset = access & 0xfffffff;
  let extent = "";
  if (mode === "N") {
    offset = (access & 0x3fff) * 4;
    extent = ` lim=${((access >>> 14) & 0x3fff) * 4}`;
  } else if (mode === "M") {
    offset = (access & 0x3fffff) * 4;
    extent = ` bits=${(access >>> 22) & 31}`;
  }
  const base = mode === "K" ? String(offset) : `${register(a)}${offset === 0 ? "" : ` + ${offset}`}`;
  const contiguous = ((access >>> 28) & 1) === 1 ? ", contig" : "";
  return `${mnemonic} ${register(d)}, s${slot}[${base}], ${mode}${extent}${contiguous}`;
}

function printControl(mnemonic: Mnemonic, row: Row, d: number, a: number, high: number): string | undefined {
  switch (mnemonic) {
    case "block":
    case "loop": {
      const kind = (["g", "w", "v"] as const).find((k) => KIND[k] === d);
      return kind === undefined ? undefined : `${mnemonic}.${kind}`;
    }
    case "brk":
      return `brk ${high}`;
    case "brk.if":
      return `brk.if ${register(a)}, ${high}`;
    case "barrier": {
      const order = Object.entries(ORDER).filter(([, bit]) => (high & bit) !== 0);
      return high < 8 ? `barrier${order.map(([name]) => ` ${name}`).join("")}` : `barrier #${high}`;
    }
    default: {
      const operands = [...(row.dst.length > 0 ? [d] : []), ...(row.src.length > 0 ? [a] : [])];
      return operands.length === 0 ? mnemonic : `${mnemonic} ${operands.map(register).join(", ")}`;
    }
  }
}

function printCall(
  d: number,
  a: number,
  b: number,
  high: number,
  functions: readonly FunctionInfo[],
  names: readonly string[],
): string | undefined {
  if ((high & 0xfff000) !== 0) return undefined;
  const index = high & 0xfff;
  const callee = functions[index];
  const counts = callee === undefined ? [0, 0, 0, 0] : [callee.vResults, callee.vArgs, callee.wArgs, callee.gArgs];
  const fields = [d, a, b, high >>> 24].map((operand, i) => (operand === 0 && counts[i] === 0 ? "_" : register(operand)));
  while (fields.at(-1) === "_") fields.pop();
  return ["call ", callee === undefined ? `#${index}` : names[index]].join("") + fields.map((f) => `, ${f}`).join("");
}
