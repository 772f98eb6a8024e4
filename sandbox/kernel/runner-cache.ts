/**
 * Compiled programs that were used lately, over all devices: a program that is loaded again is not compiled again. Programs are compared
 * word by word, so that nothing rests on a hash.
 */
import type { Program } from "../verifier/token.ts";
import type { Runner } from "./tiers.ts";

/** bytes of machine code kept; its WebAssembly is a few times larger */
const MOST_BYTES = 4 << 20;

interface Kept {
  readonly program: Program;
  readonly runner: Runner;
  readonly bytes: number;
}

/** by key, in order of use: the first was used longest ago */
const kept = new Map<string, Kept>();
let keptBytes = 0;

export function keptRunner(program: Program, shared: boolean): Runner | undefined {
  const key = keyOf(program, shared);
  const found = kept.get(key);
  if (found === undefined || !isSame(found.program, program)) return undefined;
  kept.delete(key);
  kept.set(key, found);
  return found.runner;
}

export function keepRunner(program: Program, shared: boolean, runner: Runner): void {
  const bytes = program.code.byteLength + program.constants.byteLength;
  if (bytes > MOST_BYTES) return;
  const key = keyOf(program, shared);
  keptBytes += bytes - (kept.get(key)?.bytes ?? 0);
  kept.delete(key);
  kept.set(key, { program, runner, bytes });
  for (const [oldest, { bytes: less }] of kept) {
    if (keptBytes <= MOST_BYTES) return;
    kept.delete(oldest);
    keptBytes -= less;
  }
}

/** All but the words of code and constants, and a checksum of the code. */
function keyOf(program: Program, shared: boolean): string {
  const { code, constants, ...rest } = program;
  let sum = 0x811c9dc5;
  for (let i = 0; i < code.length; i++) sum = Math.imul(sum ^ code[i]!, 0x01000193);
  return JSON.stringify([rest, shared, code.length, constants.length, sum]);
}

function isSame(a: Program, b: Program): boolean {
  return isEqual(a.code, b.code) && isEqual(a.constants, b.constants);
}

function isEqual(a: Uint32Array | Uint8Array, b: Uint32Array | Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
