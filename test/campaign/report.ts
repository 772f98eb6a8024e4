/** The report of a run as JSON: also where a later process goes on, and what shards are added up from. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import type { Effort, Figures, Saved } from "./campaign.ts";

const VERSION = 2;

/** What one campaign did, or has done so far. */
export interface Ran extends Saved {
  readonly title: string;
  readonly rates: Figures;
  readonly isDone: boolean;
  readonly notes?: readonly string[];
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export interface RunReport {
  readonly version: number;
  /** of the sources, one for each process that took part; `+` where files differed from it */
  commits: string[];
  readonly level: string;
  readonly seed: number;
  readonly count: number | undefined;
  readonly shard: Effort["shard"];
  readonly machine: { readonly node: string; readonly cores: number; readonly load: readonly number[] };
  readonly campaigns: Record<string, Ran>;
}

type Run = Pick<RunReport, "level" | "seed" | "count" | "shard">;

export function emptyReport({ level, seed, count, shard }: Run): RunReport {
  const machine = { node: process.version, cores: availableParallelism(), load: loadavg().map((n) => Math.round(n * 10) / 10) };
  return { version: VERSION, commits: [commit()], level, seed, count, shard, machine, campaigns: {} };
}

/**
 * @returns undefined when there is no such file
 * @throws Error when it is of another run
 */
export function readReport(path: string, run?: Run): RunReport | undefined {
  if (!existsSync(path)) return undefined;
  const report = JSON.parse(readFileSync(path, "utf8")) as RunReport;
  if (report.version !== VERSION) throw new Error(`${path} is no report of version ${VERSION}`);
  const keyOf = ({ level, seed, count, shard }: Run) => JSON.stringify([level, seed, count ?? null, shard.index, shard.of]);
  if (run === undefined) return report;
  if (keyOf(report) !== keyOf(run)) throw new Error(`${path} is of another level, seed, count or shard`);
  report.commits = [...new Set([...report.commits, commit()])];
  return report;
}

/** Leaves either the old file or the new one. */
export function writeReport(path: string, report: RunReport): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(report, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

function commit(): string {
  const git = (...args: string[]) => {
    return execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  };
  try {
    const changed = git("status", "--porcelain", "-uno", "--", "../../sandbox", ".");
    return git("rev-parse", "HEAD").slice(0, 12) + (changed === "" ? "" : "+");
  } catch {
    return "unknown";
  }
}
