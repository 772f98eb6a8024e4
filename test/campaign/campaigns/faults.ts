/** Compiler fault injection: miscompiles, planted one by one, on many shaders. The verifier or the machine must hold what comes of each. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Campaign, type Effort, inPieces, type Report, seedOfPiece } from "../campaign.ts";
import { COMPILER_BUGS, type Miscompile } from "../faults/compiler-bugs.ts";
import type { Outcomes } from "../faults/victims.ts";
import { bundle } from "../planted/plant.ts";

/** Shaders for each bug, and inputs for each object that is accepted and not the shipped compiler's. */
const SHADERS = { quick: 12, full: 100, nightly: 510 };
const INPUTS = { quick: 2, full: 8, nightly: 112 };
/** Bugs that the quick set takes, by seed. */
const QUICK_BUGS = 4;
/** One process compiles so many shaders. */
const MOST_SHADERS = 510;
/** A process that says nothing for so long does not end. */
const SILENT_MS = 300_000;

export const compilerFaults: Campaign = {
  id: "P8",
  title: "miscompiles planted in the compiler",
  async run(effort) {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-faults-"));
    try {
      return await injectAll(effort, folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  vacuous: (figures) => {
    const escaped = figures["would have escaped"] ?? 0;
    return escaped === 0 ? ["without the verifier nothing escapes: the campaign cannot tell whether it helps"] : [];
  },
};

/** A piece is one bug with some hundred shaders: in the first round each bug gets the first of them. */
function injectAll(effort: Effort, folder: string): Promise<Report> {
  const wanted = effort.level === "quick" ? QUICK_BUGS : COMPILER_BUGS.length;
  const bugs = COMPILER_BUGS.filter((_, i) => (i * 7 + effort.seed) % COMPILER_BUGS.length < wanted);
  const shaders = effort.count ?? SHADERS[effort.level];
  const rounds = Math.ceil(shaders / MOST_SHADERS);
  const size = Math.ceil(shaders / rounds);
  const counts = { quick: rounds * bugs.length, full: rounds * bugs.length, nightly: rounds * bugs.length };
  return inPieces({ ...effort, count: undefined }, counts, 1, async (piece) => {
    const round = Math.floor(piece / bugs.length);
    const args = [(seedOfPiece(effort, round) % 2 ** 20) * 4096, size, INPUTS[effort.level]] as const;
    const baseline = join(folder, `shipped-${round}`);
    if (!existsSync(baseline)) {
      const { outcomes, died } = await runVictims(undefined, folder, [...args, baseline]);
      const { accepted, rejected, failed, shaders, escapes } = outcomes;
      const isClean = died === undefined && rejected + failed + escapes.length === 0 && accepted === shaders;
      if (!isClean) return { figures: {}, broken: [`the shipped compiler: ${died ?? JSON.stringify(outcomes)}`] };
    }
    const planted = bugs[piece % bugs.length]!;
    const { outcomes, died } = await runVictims(planted, folder, [...args, baseline]);
    return reportOf(planted, outcomes, died === undefined ? 0 : size - outcomes.shaders);
  });
}

/** @param unused shaders that a process had not come to when it died: the compiler failed on one of them, and the others do not count */
function reportOf({ name, part }: Miscompile, o: Outcomes, unused: number): Report {
  const failed = o.failed + (unused > 0 ? 1 : 0);
  const runs = o.trapped + o.contained + o.escapes.length;
  const all = {
    objects: o.shaders + (unused > 0 ? 1 : 0),
    "no effect": o.same,
    failed,
    rejected: o.rejected,
    "would have escaped": o.escapedUnverified,
    accepted: o.accepted,
    trapped: o.trapped,
    contained: o.contained,
  };
  const ofPart = Object.entries(all).map(([what, n]) => [`${part}: ${what}`, n] as const);
  const rules = Object.entries(o.rules).map(([rule, n]) => [`rule: ${rule}`, n] as const);
  const changed = [`changed by: ${name}`, o.shaders - o.same] as const;
  const figures = {
    runs,
    "in the jit": o.jit,
    ...all,
    "escaped with region checks on": o.escapesBelt.length,
    "shaders not reached": Math.max(0, unused - 1),
  };
  return {
    figures: { ...figures, ...Object.fromEntries([...ofPart, ...rules, changed]) },
    broken: [
      ...o.escapes.map((what) => `${name}: ${what}`),
      ...o.escapesBelt.map((what) => `${name}: with the verifier off, region checks alone: ${what}`),
    ],
  };
}

const NONE: Outcomes = {
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

/** @returns what had come of it when the process ended, and why it died, if it did */
async function runVictims(planted: Miscompile | undefined, folder: string, args: readonly (string | number)[]) {
  const outfile = join(folder, "victims.mjs");
  await bundle("faults/victims.ts", planted, outfile);
  return new Promise<{ outcomes: Outcomes; died: string | undefined }>((resolve) => {
    const child = spawn(process.execPath, [outfile, ...args.map(String)], { stdio: ["ignore", "pipe", "pipe"] });
    let [said, complained, last] = ["", "", ""];
    const kill = () => child.kill("SIGKILL");
    let silence = setTimeout(kill, SILENT_MS);
    child.stdout.on("data", (chunk: Buffer) => {
      clearTimeout(silence);
      silence = setTimeout(kill, SILENT_MS);
      const lines = (said + chunk.toString()).split("\n");
      said = lines.pop()!;
      last = lines.pop() ?? last;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (complained.length < 2000) complained += chunk.toString();
    });
    child.on("close", (code, signal) => {
      clearTimeout(silence);
      const died = code === 0 ? undefined : signal === null ? complained.trim().slice(0, 300) : "it does not end";
      resolve({ outcomes: last === "" ? NONE : (JSON.parse(last) as Outcomes), died });
    });
  });
}
