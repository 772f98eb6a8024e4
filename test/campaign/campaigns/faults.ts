/** Compiler fault injection: miscompiles, planted one by one, on many shaders. The verifier or the machine must hold what comes of each. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Campaign, countOf, type Effort, type Report, seedOf } from "../campaign.ts";
import { COMPILER_BUGS } from "../faults/compiler-bugs.ts";
import type { Outcomes } from "../faults/victims.ts";
import { bundle, type Planted } from "../planted/plant.ts";

/** Shaders per bug. */
const SHADERS = { quick: 12, full: 500, nightly: 14_000 };
/** Bugs that the quick set takes, by seed. */
const QUICK_BUGS = 4;

export const compilerFaults: Campaign = {
  id: "P8",
  title: "miscompiles planted in the compiler",
  async run(effort) {
    const { index, of } = effort.shard;
    const wanted = effort.level === "quick" ? QUICK_BUGS : COMPILER_BUGS.length;
    const bugs = COMPILER_BUGS.filter((_, i) => i % of === index && (i * 7 + effort.seed) % COMPILER_BUGS.length < wanted);
    const shaders = countOf({ ...effort, shard: { index: 0, of: 1 } }, SHADERS);
    const folder = mkdtempSync(join(tmpdir(), "portcullis-faults-"));
    try {
      return await injectAll(effort, bugs, shaders, folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function injectAll(effort: Effort, bugs: readonly Planted[], shaders: number, folder: string): Promise<Report> {
  const baseline = join(folder, "baseline");
  const victims = (planted: Planted | undefined) => runVictims(planted, folder, [seedOf(effort) * 1_000_000, shaders, baseline]);
  const clean = await victims(undefined);
  const sum = { runs: 0, "no effect": 0, failed: 0, rejected: 0, trapped: 0, contained: 0, "would have escaped": 0, "on belt": 0 };
  const broken: string[] = [];
  const notes: string[] = [];
  if (typeof clean === "string" || clean.rejected + clean.failed + clean.escapes.length > 0)
    return { figures: {}, broken: [`the shipped compiler: ${JSON.stringify(clean)}`] };
  for (const [i, planted] of bugs.entries()) {
    const outcomes = await victims(planted);
    effort.progress(i + 1, bugs.length);
    if (typeof outcomes === "string") {
      notes.push(`${planted.name}: the compiler does not run: ${outcomes}`);
      continue;
    }
    const { runs, same, failed, rejected, trapped, contained, escapedUnverified, escapesBelt, rules, escapes } = outcomes;
    sum.runs += runs;
    sum["no effect"] += same;
    sum.failed += failed;
    sum.rejected += rejected;
    sum.trapped += trapped;
    sum.contained += contained;
    sum["would have escaped"] += escapedUnverified;
    sum["on belt"] += escapesBelt.length;
    broken.push(...escapes.map((what) => `${planted.name}: ${what}`));
    broken.push(...escapesBelt.map((what) => `${planted.name}: with the verifier off, region checks alone: ${what}`));
    const by = Object.entries(rules).map(([rule, n]) => `${rule} ${n}`);
    notes.push(
      `${planted.name}: no effect ${same}, failed ${failed}, rejected ${rejected}${by.length > 0 ? ` (${by.join(", ")})` : ""}, trapped ${trapped}, contained ${contained}, would have escaped ${escapedUnverified}, of those with region checks on ${escapesBelt.length}`,
    );
  }
  if (sum["would have escaped"] === 0) broken.push("without the verifier nothing escapes: the campaign cannot tell whether it helps");
  return { figures: { bugs: bugs.length, ...sum }, broken, notes };
}

/** @returns what came of it, or what a process that broke down said */
async function runVictims(planted: Planted | undefined, folder: string, args: readonly (string | number)[]): Promise<Outcomes | string> {
  const outfile = join(folder, "victims.mjs");
  await bundle("faults/victims.ts", planted, outfile);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [outfile, ...args.map(String)], { stdio: ["ignore", "pipe", "pipe"] });
    let [said, complained] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (complained.length < 2000) complained += chunk.toString();
    });
    child.on("close", (code) => resolve(code === 0 ? (JSON.parse(said) as Outcomes) : complained.trim().slice(0, 300)));
  });
}
