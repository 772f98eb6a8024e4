/**
 * Compiles many shaders, with a compiler that has a bug planted in it, and runs what comes out of it: verified, and, to see what each wall is
 * for, unverified on a machine that checks everything, and on one that checks nothing that a mode has proved. Arguments: first seed, number of shaders, and a file that
 * holds what the shipped compiler makes of the same shaders (written when it is not there).
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { CAUSE } from "../../../sandbox/machine/launch.ts";
import { runReference } from "../../../sandbox/machine/reference.ts";
import { unverifiedToken } from "../../../sandbox/unsafe/unverified.ts";
import { mint } from "../../../sandbox/verifier/token.ts";
import { compile } from "../../../webgpu/shader.ts";
import { wordsOf } from "../drive.ts";
import { Oracle } from "../oracle.ts";
import { onReference, shipped } from "../parts.ts";
import { randoms } from "../random.ts";
import { faultyPathShader } from "./shaders.ts";

/** What came of one shader. `escaped` is of the unverified run, and only where the verified one was rejected. */
export interface Outcomes {
  runs: number;
  same: number;
  failed: number;
  rejected: number;
  trapped: number;
  contained: number;
  /** rejected objects that reach outside when they run all the same */
  escapedUnverified: number;
  /** rejected objects that reach outside on a machine that checks everything: must be none */
  readonly escapesBelt: string[];
  /** by rule */
  readonly rules: Record<string, number>;
  /** accepted objects that reach outside: must be empty */
  readonly escapes: string[];
}

const FUEL = 400_000;

function main(first: number, count: number, baselineFile: string): Outcomes {
  const hasBaseline = existsSync(baselineFile);
  const baseline: string[] = hasBaseline ? readFileSync(baselineFile, "utf8").split("\n") : [];
  const made: string[] = [];
  const outcomes: Outcomes = {
    runs: 0,
    same: 0,
    failed: 0,
    rejected: 0,
    trapped: 0,
    contained: 0,
    escapedUnverified: 0,
    escapesBelt: [],
    rules: {},
    escapes: [],
  };
  const oracle = new Oracle(onReference, FUEL);
  // without the watch, which stops a program at its first access outside
  const unwatched = new Oracle((token, launch) => runReference(token, launch), FUEL);
  const belt = new Oracle((token, launch) => runReference(token, launch, { belt: true }), FUEL);
  for (let k = 0; k < count; k++) {
    const { object } = compile(faultyPathShader(randoms(first + k)), { entryPoint: "main", level: k % 3 === 0 ? 0 : 2 });
    outcomes.runs++;
    const digest = object === null ? "none" : createHash("sha256").update(object).digest("hex").slice(0, 16);
    made.push(digest);
    if (hasBaseline && digest === baseline[k]) outcomes.same++;
    else if (object === null) outcomes.failed++;
    else judge(object, first + k, { verified: oracle, lean: unwatched, belt }, outcomes);
  }
  if (!hasBaseline) writeFileSync(baselineFile, made.join("\n"));
  return outcomes;
}

type Oracles = { readonly [W in "verified" | "lean" | "belt"]: Oracle };

function judge(object: Uint8Array, seed: number, { verified, lean, belt }: Oracles, outcomes: Outcomes): void {
  const checked = shipped.check(object);
  if (!checked.ok) {
    outcomes.rejected++;
    outcomes.rules[checked.rule] = (outcomes.rules[checked.rule] ?? 0) + 1;
    if (runUnverified(object, lean) !== undefined) outcomes.escapedUnverified++;
    const found = runUnverified(object, belt);
    if (found !== undefined) outcomes.escapesBelt.push(`shader ${seed}: ${found}`);
    return;
  }
  const ends = new Map(verified.causes);
  const found = verified.judge(mint(checked.program), wordsOf(object));
  if (typeof found === "string") {
    outcomes.escapes.push(`shader ${seed}: ${found}`);
    return;
  }
  const isEnd = (verified.causes.get(CAUSE.end) ?? 0) > (ends.get(CAUSE.end) ?? 0);
  if (isEnd) outcomes.contained++;
  else outcomes.trapped++;
}

/** With the verifier off: how bytes outside change, or show. An alarm of the machine is its own wall, and counts as held. */
function runUnverified(object: Uint8Array, oracle: Oracle): string | undefined {
  const token = unverifiedToken(object);
  if (token === undefined) return undefined;
  try {
    const found = oracle.judge(token, wordsOf(object));
    return typeof found === "string" && !found.startsWith("alarm") && !found.startsWith("cause") ? found : undefined;
  } catch {
    return undefined;
  }
}

const [, , first = "1", count = "10", baselineFile = ""] = process.argv;
process.stdout.write(`${JSON.stringify(main(Number(first), Number(count), baselineFile))}\n`);
