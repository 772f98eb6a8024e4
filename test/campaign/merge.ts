/** Adds up the reports of shards. */
import { existsSync } from "node:fs";
import type { Campaign } from "./campaign.ts";
import { type Ran, type RunReport, readReport } from "./report.ts";
import { Seen } from "./seen.ts";

/**
 * @param paths reports of all shards of one run, each with its files of hashes beside it, if mutants are to be counted once in all of them
 * @throws Error when they are not
 */
export function merge(paths: readonly string[], campaigns: readonly Campaign[]): RunReport {
  const reports = paths.map((path) => {
    const report = readReport(path);
    if (report === undefined) throw new Error(`there is no ${path}`);
    return report;
  });
  const first = reports[0]!;
  const isOfSameRun = (r: RunReport) => r.level === first.level && r.seed === first.seed && r.count === first.count;
  const indices = new Set(reports.map((r) => r.shard.index));
  if (!reports.every((r) => isOfSameRun(r) && r.shard.of === first.shard.of)) throw new Error("they are not of one run");
  if (indices.size !== reports.length || reports.length !== first.shard.of) throw new Error("they are not each shard once");
  const sums: Record<string, Ran> = {};
  for (const campaign of campaigns) {
    const parts = reports.flatMap((r) => r.campaigns[campaign.id] ?? []);
    if (parts.length > 0) sums[campaign.id] = sumOf(campaign, parts, paths);
  }
  const commits = [...new Set(reports.flatMap((r) => r.commits))];
  return { ...first, commits, shard: { index: 0, of: 1 }, campaigns: sums };
}

function sumOf(campaign: Campaign, parts: readonly Ran[], paths: readonly string[]): Ran {
  const figures: Record<string, number> = {};
  for (const part of parts) for (const [name, n] of Object.entries(part.figures)) figures[name] = (figures[name] ?? 0) + n;
  const logs = paths.map((path) => `${path}.${campaign.id}.hashes`).filter((log) => existsSync(log));
  if (logs.length === paths.length && logs.length > 1) {
    const seen = new Seen(figures.mutants ?? 0);
    for (const log of logs) seen.load(log);
    figures["distinct over all shards"] = seen.count;
  }
  const total = (of: (part: Ran) => number) => Math.round(10 * parts.reduce((sum, part) => sum + of(part), 0)) / 10;
  const vacuous = campaign.vacuous?.(figures) ?? [];
  return {
    title: campaign.title,
    figures,
    rates: campaign.rates?.(figures) ?? {},
    broken: [...new Set([...parts.flatMap((part) => part.broken), ...vacuous])],
    notes: parts.flatMap((part) => part.notes ?? []),
    pieces: total((part) => part.pieces),
    isDone: parts.every((part) => part.isDone) && parts.length === paths.length,
    seconds: total((part) => part.seconds),
    cpuSeconds: total((part) => part.cpuSeconds),
  };
}
