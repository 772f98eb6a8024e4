/** Which cases run: queries and lists of them, sampling, shards. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A query as text, and how much of it to take. */
export interface Selection {
  readonly query: string;
  readonly fraction: number;
}

/** What a whole run takes of the cases that its queries name. */
export interface Sampling {
  readonly sample: number;
  readonly seed: number;
  /** this shard, from 0, of how many */
  readonly shard: number;
  readonly shards: number;
}

const FRACTION = /@([0-9]*\.?[0-9]+)$/;

/**
 * @param text `webgpu:a,b,*`, or `a/b` for a file or a folder of the suite, either with `@0.05`; or `@FILE`, a list of these, `#` starts a comment
 * @param checkout the suite's checkout, to tell a file from a folder
 * @throws Error for a list that cannot be read, a path that is not there, a fraction over 1
 */
export function readSelections(text: string, checkout: string): Selection[] {
  if (text.startsWith("@")) {
    const words = readFileSync(text.slice(1), "utf8")
      .split("\n")
      .flatMap((line) => line.replace(/(^|\s)#.*$/, "").split(/\s+/))
      .filter((word) => word !== "");
    return words.flatMap((word) => readSelection(word, checkout));
  }
  return readSelection(text, checkout);
}

function readSelection(text: string, checkout: string): Selection[] {
  const match = FRACTION.exec(text);
  const fraction = match === null ? 1 : Number(match[1]);
  if (fraction > 1) throw new Error(`'${text}': a fraction is at most 1`);
  const name = match === null ? text : text.slice(0, match.index);
  if (name.includes(":")) return [{ query: name, fraction }];
  const path = join(checkout, "src/webgpu", name);
  const found: Selection[] = [];
  const parts = name.replaceAll("/", ",");
  // a folder's query takes the file of the same name, too
  if (existsSync(path)) found.push({ query: `webgpu:${parts},*`, fraction });
  else if (existsSync(`${path}.spec.ts`)) found.push({ query: `webgpu:${parts}:*`, fraction });
  else throw new Error(`'${text}' is neither a query nor a file or folder of the suite`);
  return found;
}

/** FNV-1a with a last mix: equal on every machine, and near names get far numbers. @returns a number in [0, 1) */
export function hashFraction(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

const SHARD_SEED = 0x51ed270b;

/** Whether a case runs: its name alone decides, so that a sample stays the same when the suite grows. */
export function isSampled(name: string, fraction: number, sampling: Sampling): boolean {
  if (hashFraction(name, sampling.seed) >= fraction * sampling.sample) return false;
  return sampling.shards === 1 || Math.floor(hashFraction(name, SHARD_SEED) * sampling.shards) === sampling.shard;
}
