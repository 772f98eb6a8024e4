/** What a run of the benchmark found, and the table of it. */

export interface Side {
  /** medians, in milliseconds; CPU of all threads */
  readonly wall: number;
  readonly cpu: number;
  /** why there is none, or "" */
  readonly wrong: string;
}

/** Lane accesses that the compiled code checks at run time, and those that it proved. */
export interface Checks {
  readonly made: number;
  readonly elided: number;
}

export interface Measured {
  readonly name: string;
  readonly kind: string;
  /** of a workload: ours, at size smoke */
  readonly checks?: Checks;
  /** ours, then the peer if there is one */
  readonly sides: readonly Side[];
}

export interface Report {
  readonly date: string;
  readonly machine: string;
  /** load averages of 1, 5 and 15 minutes, before and after */
  readonly load: readonly (readonly number[])[];
  readonly size: string;
  readonly repeats: number;
  readonly measured: readonly Measured[];
}

/** How many times faster ours is, or NaN where there is nothing to compare. */
export function ratio({ sides: [ours, peer] }: Measured, of: "cpu" | "wall"): number {
  return ours && peer && !ours.wrong && !peer.wrong ? peer[of] / ours[of] : Number.NaN;
}

const ms = (value: number) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3));
const times = (value: number) => (Number.isNaN(value) ? "" : `${value >= 10 ? value.toFixed(0) : value.toFixed(1)}x`);

function geometricMean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return Math.exp(known.reduce((sum, value) => sum + Math.log(value), 0) / known.length);
}

function cells(measured: Measured, hasPeer: boolean): string[] {
  const sides = measured.sides.flatMap(({ wrong, cpu, wall }) => (wrong ? ["failed", wrong.slice(0, 60)] : [ms(cpu), ms(wall)]));
  const { checks } = measured;
  const proved = checks ? `${((100 * checks.elided) / (checks.elided + checks.made)).toFixed(1)} %` : "";
  return [
    measured.name,
    measured.kind,
    proved,
    ...sides,
    ...(hasPeer ? [times(ratio(measured, "cpu")), times(ratio(measured, "wall"))] : []),
  ];
}

/** Markdown. */
export function table(report: Report): string {
  const hasPeer = report.measured.some(({ sides }) => sides.length > 1);
  const heads = [
    "workload",
    "kind",
    "accesses proved",
    "CPU ms",
    "wall ms",
    ...(hasPeer ? ["peer CPU ms", "peer wall ms", "CPU ratio", "wall ratio"] : []),
  ];
  const lines = [heads, heads.map(() => "---"), ...report.measured.map((each) => cells(each, hasPeer))].map(
    (row) => `| ${row.join(" | ")} |`,
  );
  const load = report.load.map((each) => each.map((n) => n.toFixed(1)).join(" ")).join(" before, ");
  const notes = [`${report.machine}; size ${report.size}, medians of ${report.repeats}; load ${load} after; ${report.date.slice(0, 10)}`];
  if (hasPeer) {
    for (const of of ["cpu", "wall"] as const) {
      const work = report.measured.filter(({ kind }) => kind !== "latency").map((each) => ratio(each, of));
      if (work.length > 0) notes.push(`geometric mean of the workloads, ${of === "cpu" ? "CPU" : "wall"}: ${times(geometricMean(work))}`);
    }
  }
  return `${lines.join("\n")}\n\n${notes.join("; ")}\n`;
}
