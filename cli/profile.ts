/** `run --profile`: what the reference tier counted, per line of the source, as a table. The line table is the compiler's: it is believed for printing only. */
import type { ObjectParts } from "../sandbox/isa/object.ts";
import type { Profile } from "../sandbox/machine/profile.ts";
import { visible } from "../support/render.ts";
import type { LineIndex } from "../support/source.ts";
import { PAINT } from "./output.ts";

/** What the words of one source line did. */
export interface LineCosts {
  /** from 1; 0 for words of no line */
  readonly line: number;
  cycles: number;
  executed: number;
  lanes: number;
  divergences: number;
  transactions: number;
  checksMade: number;
  checksElided: number;
}

/** Lines of a table, of which the rest is summed up in one. */
const SHOWN_LINES = 30;
/** Columns of source text. */
const SHOWN_TEXT = 72;

/**
 * Source line of each code word: 0 where there is none. Words that the compiler made for itself count for what comes next in their function.
 */
export function linesOfWords(parts: ObjectParts, count: number): Int32Array {
  const lines = new Int32Array(count);
  const table = parts.debug?.lines ?? [];
  for (const { first, count: n } of parts.functions) {
    let line = 0;
    for (let word = Math.min(first + n, count) - 1; word >= first; word--) {
      const own = table[word * 2] ?? 0;
      if (own > 0) line = own;
      lines[word] = line;
    }
  }
  return lines;
}

/** Costs by line, the most expensive first. */
export function lineCosts(profile: Profile, parts: ObjectParts): LineCosts[] {
  const { words } = profile;
  const lines = linesOfWords(parts, words.executed.length);
  const sums = new Map<number, LineCosts>();
  lines.forEach((line, word) => {
    if (words.executed[word] === 0) return;
    let sum = sums.get(line);
    if (!sum) {
      sum = { line, cycles: 0, executed: 0, lanes: 0, divergences: 0, transactions: 0, checksMade: 0, checksElided: 0 };
      sums.set(line, sum);
    }
    sum.cycles += words.cycles[word]!;
    sum.executed += words.executed[word]!;
    sum.lanes += words.lanes[word]!;
    sum.divergences += words.divergences[word]!;
    sum.transactions += words.transactions[word]!;
    sum.checksMade += words.checksMade[word]!;
    sum.checksElided += words.checksElided[word]!;
  });
  return [...sums.values()].sort((a, b) => b.cycles - a.cycles || a.line - b.line);
}

const HEADERS = ["cost", "cycles", "instr.", "lanes", "diverged", "memory", "checked", "elided"] as const;

/** The table and the totals below it. @param source null where only the object is there */
export function describeProfile(profile: Profile, parts: ObjectParts, source: LineIndex | null): string {
  const costs = lineCosts(profile, parts);
  const total = profile.totals.cycles;
  const rows = costs.slice(0, SHOWN_LINES).map((cost) => cells(cost, total));
  const rest = costs.slice(SHOWN_LINES);
  const widths = HEADERS.map((header, i) => Math.max(header.length, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padStart(widths[i]!)).join("  ");
  let out = `${PAINT.bold(`${line(HEADERS)}  line`)}\n`;
  rows.forEach((row, i) => {
    out += `${line(row)}  ${lineText(costs[i]!.line, source)}\n`;
  });
  if (rest.length > 0) {
    const cycles = rest.reduce((sum, cost) => sum + cost.cycles, 0);
    out += `${percent(cycles, total).padStart(widths[0]!)}  ${rest.length} more lines\n`;
  }
  return `${out}\n${describeTotals(profile)}`;
}

function cells(cost: LineCosts, total: number): string[] {
  const { cycles, executed, lanes, divergences, transactions, checksMade, checksElided } = cost;
  const active = executed === 0 ? 0 : lanes / executed;
  return [
    percent(cycles, total),
    `${cycles}`,
    `${executed}`,
    `${active.toFixed(2)}/4`,
    ...[divergences, transactions, checksMade, checksElided].map((n) => (n === 0 ? "." : `${n}`)),
  ];
}
const percent = (part: number, whole: number) => `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)}%`;

function lineText(line: number, source: LineIndex | null): string {
  if (line === 0) return PAINT.dim("(made by the compiler)");
  const text = source ? visible(source.lineText(line).trim()) : "";
  return `${line}  ${text.length > SHOWN_TEXT ? `${text.slice(0, SHOWN_TEXT - 1)}…` : text}`;
}

function describeTotals({ totals }: Profile): string {
  const classes = Object.entries(totals.byClass()).filter(([, n]) => n > 0);
  const instructions = classes.reduce((sum, [, n]) => sum + n, 0);
  const lanes = totals.activeLanes.reduce((sum, n, active) => sum + n * active, 0);
  const modes = totals.byMode().filter(({ made, elided }) => made + elided > 0);
  const made = modes.reduce((sum, mode) => sum + mode.made, 0);
  const elided = modes.reduce((sum, mode) => sum + mode.elided, 0);
  const byMode = modes.map((mode) => `${mode.mode} ${mode.made + mode.elided}${mode.made > 0 ? " checked" : ""}`).join(", ");
  const rows: [string, string][] = [
    ["cycles", `${totals.cycles}, of the model in sandbox/machine/counters.ts: comparable between shaders, no time`],
    ["instructions", `${instructions} run by waves: ${classes.map(([name, n]) => `${name} ${n}`).join(", ")}`],
    [
      "lanes",
      `${instructions === 0 ? "0" : (lanes / instructions).toFixed(2)} of 4 active; ${totals.divergences} times a wave's lanes parted`,
    ],
    ["workgroups", `${totals.workgroups}; ${totals.barriers} barriers`],
    ["memory", `${totals.transactions} transactions for ${totals.accesses} accesses; ${totals.bankConflicts} bank conflicts`],
    ["checks", `${made} made, ${elided} elided (${percent(elided, made + elided)} of lane accesses)${byMode === "" ? "" : `: ${byMode}`}`],
    ["clamped", `${totals.clamped} offsets; ${totals.dropped} accesses dropped`],
  ];
  return rows.map(([name, text]) => `${PAINT.bold(name.padEnd(12))}  ${text}`).join("\n");
}
