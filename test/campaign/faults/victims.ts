/**
 * Compiles many shaders, with a compiler that has a bug planted in it, and runs what comes out of it on many inputs: verified, and, to see what
 * each wall is for, unverified on a machine that checks everything, and on one that checks nothing that a mode has proved.
 * Arguments: first seed, number of shaders, inputs for each, and a file that holds what the shipped compiler makes of the same shaders
 * (written when it is not there). Prints what has come of it so far, as a line of JSON every few shaders: the last line counts.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { CAUSE } from "../../../sandbox/machine/launch.ts";
import { runReference } from "../../../sandbox/machine/reference.ts";
import { unverifiedToken } from "../../../sandbox/unsafe/unverified.ts";
import { mint } from "../../../sandbox/verifier/token.ts";
import { compile } from "../../../webgpu/shader.ts";
import { wordsOf } from "../drive.ts";
import { newInputs } from "../inputs.ts";
import { onJit } from "../on-jit.ts";
import { type Input, Oracle } from "../oracle.ts";
import { onReference, shipped } from "../parts.ts";
import { shaderOf } from "./shaders.ts";

/** What came of some shaders. */
export interface Outcomes {
  /** shaders that the shipped compiler takes */
  shaders: number;
  /** the object is the shipped compiler's */
  same: number;
  /** no object */
  failed: number;
  rejected: number;
  /** rejected objects that reach outside when they run all the same, on a machine that believes what a mode has proved */
  escapedUnverified: number;
  /** other objects that are accepted: they run on every input */
  accepted: number;
  /** runs of accepted ones that ended in a trap, by bounds or fuel, and runs that came to their end */
  trapped: number;
  contained: number;
  /** of them, in the jit too */
  jit: number;
  /** rejected objects that reach outside on a machine that checks everything: must be none */
  readonly escapesBelt: string[];
  /** of rejected objects, by rule */
  readonly rules: Record<string, number>;
  /** accepted objects that reach outside: must be empty */
  readonly escapes: string[];
}

const FUEL = 20_000;
/** Rejected objects run on so many inputs without the verifier. */
const UNVERIFIED_INPUTS = 3;
/** One in so many accepted objects runs in the jit, too. */
const IN_JIT = 8;
const TELL_EVERY = 10;

class Victims {
  readonly #inputs: readonly Input[];
  readonly #verified = new Oracle(onReference, FUEL);
  readonly #jit = new Oracle(onJit(), FUEL);
  // without the watch, which stops a program at its first access outside
  readonly #lean = new Oracle((token, launch) => runReference(token, launch), FUEL);
  readonly #belt = new Oracle((token, launch) => runReference(token, launch, { belt: true }), FUEL);
  readonly outcomes: Outcomes = {
    shaders: 0,
    same: 0,
    failed: 0,
    rejected: 0,
    escapedUnverified: 0,
    accepted: 0,
    trapped: 0,
    contained: 0,
    jit: 0,
    escapesBelt: [],
    rules: {},
    escapes: [],
  };

  constructor(inputs: number) {
    this.#inputs = newInputs(inputs);
  }

  judge(object: Uint8Array, seed: number): void {
    const { outcomes } = this;
    const checked = shipped.check(object);
    if (!checked.ok) {
      outcomes.rejected++;
      outcomes.rules[checked.rule] = (outcomes.rules[checked.rule] ?? 0) + 1;
      const inputs = this.#inputs.slice(0, UNVERIFIED_INPUTS);
      if (runUnverified(object, this.#lean, inputs) !== undefined) outcomes.escapedUnverified++;
      const found = runUnverified(object, this.#belt, inputs);
      if (found !== undefined) outcomes.escapesBelt.push(`shader ${seed}: ${found}`);
      return;
    }
    const token = mint(checked.program);
    const words = wordsOf(object);
    const inJit = outcomes.accepted++ % IN_JIT === 0;
    for (const [n, input] of this.#inputs.entries()) {
      const ends = this.#verified.causes.get(CAUSE.end) ?? 0;
      const found = this.#verified.judge(token, words, input);
      if (found === null) continue;
      const isEnd = (this.#verified.causes.get(CAUSE.end) ?? 0) > ends;
      if (found !== undefined) outcomes.escapes.push(`shader ${seed}, input ${n}: ${found}`);
      else if (isEnd) outcomes.contained++;
      else outcomes.trapped++;
      if (!inJit) continue;
      const inTheJit = this.#jit.judge(token, words, input);
      if (inTheJit !== null) outcomes.jit++;
      if (typeof inTheJit === "string") outcomes.escapes.push(`shader ${seed}, input ${n}, in the jit: ${inTheJit}`);
    }
  }
}

/** With the verifier off: how bytes outside change, or show. An alarm of the machine is its own wall, and counts as held. */
function runUnverified(object: Uint8Array, oracle: Oracle, inputs: readonly Input[]): string | undefined {
  const token = unverifiedToken(object);
  if (token === undefined) return undefined;
  const words = wordsOf(object);
  for (const input of inputs) {
    try {
      const found = oracle.judge(token, words, input);
      if (typeof found === "string" && !found.startsWith("alarm") && !found.startsWith("cause")) return found;
    } catch {
      // tables that make no layout
    }
  }
  return undefined;
}

function main(first: number, count: number, inputs: number, baselineFile: string): void {
  const hasBaseline = existsSync(baselineFile);
  const baseline: string[] = hasBaseline ? readFileSync(baselineFile, "utf8").split("\n") : [];
  const made: string[] = [];
  const victims = new Victims(inputs);
  const { outcomes } = victims;
  for (let k = 0; k < count; k++) {
    if (baseline[k] === NOT_TAKEN) continue;
    const { object } = compile(shaderOf(first + k), { entryPoint: "main", level: k % 3 === 0 ? 0 : 2 });
    const digest = object === null ? NOT_TAKEN : createHash("sha256").update(object).digest("hex").slice(0, 16);
    // a shader counts once: two with one object are one
    if (!hasBaseline) made.push(made.includes(digest) ? NOT_TAKEN : digest);
    if (made[k] === NOT_TAKEN && !hasBaseline) continue;
    outcomes.shaders++;
    if (digest === baseline[k]) outcomes.same++;
    else if (object === null) outcomes.failed++;
    else victims.judge(object, first + k);
    if (k % TELL_EVERY === 0) process.stdout.write(`${JSON.stringify(outcomes)}\n`);
  }
  if (!hasBaseline) writeFileSync(baselineFile, made.join("\n"));
  process.stdout.write(`${JSON.stringify(outcomes)}\n`);
}

/** In place of a digest: a shader that the shipped compiler does not take, or one it has taken before. */
const NOT_TAKEN = "none";
const [, , first = "1", count = "10", inputs = "2", baselineFile = ""] = process.argv;
main(Number(first), Number(count), Number(inputs), baselineFile);
