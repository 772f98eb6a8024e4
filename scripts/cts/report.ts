/** What a run prints: a table by folder, and the cases that did not do what was expected. */
import { isExpected } from "./expectations.ts";
import { type Outcome, STATUSES, type Status } from "./messages.ts";

interface Row {
  readonly counts: Record<Status, number>;
  cases: number;
  cpuMs: number;
}

/** Names of folders are cut to this depth. */
const DEPTH = 3;

const newRow = (): Row => ({ counts: { pass: 0, fail: 0, skip: 0, warn: 0, hang: 0, crash: 0 }, cases: 0, cpuMs: 0 });

/** `webgpu:shader,validation,parse,attribute:align:*` -> `shader,validation,parse` */
export function folderOf(query: string): string {
  const file = query.split(":")[1] ?? "";
  const parts = file.split(",");
  return parts.slice(0, Math.max(1, Math.min(DEPTH, parts.length - 1))).join(",");
}

export class Report {
  readonly #rows = new Map<string, Row>();
  readonly total = newRow();
  readonly #unexpected: Outcome[] = [];
  readonly #expected: Outcome[] = [];
  readonly broken: { readonly file: string; readonly message: string }[] = [];

  add(outcome: Outcome): void {
    const folder = folderOf(outcome.query);
    const row = this.#rows.get(folder) ?? newRow();
    this.#rows.set(folder, row);
    for (const each of [row, this.total]) {
      each.counts[outcome.status]++;
      each.cases++;
      each.cpuMs += outcome.cpuMs;
    }
    if (!isExpected(outcome.status, outcome.expected)) this.#unexpected.push(outcome);
    else if (outcome.expected !== "pass" && outcome.status !== "skip") this.#expected.push(outcome);
  }

  /** Whether all cases did what was expected, and every file could be read. */
  get ok(): boolean {
    return this.#unexpected.length === 0 && this.broken.length === 0;
  }

  /** @param limit how many cases to list, at most */
  print(limit: number): string {
    return [...this.#table(), ...this.#list(limit), ...this.#verdict()].join("\n");
  }

  #table(): string[] {
    const shown = STATUSES.filter((status) => ["pass", "fail", "skip", "hang"].includes(status) || this.total.counts[status] > 0);
    const cells = (name: string, row: Row) =>
      [name, row.cases, ...shown.map((s) => row.counts[s]), (row.cpuMs / 1000).toFixed(1)].map(String);
    const rows = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, row]) => cells(name, row));
    return columns([["folder", "cases", ...shown, "CPU s"], ...rows, cells("all", this.total)]);
  }

  #list(limit: number): string[] {
    const lines = this.#unexpected.slice(0, limit).flatMap(({ query, status, expected, message }) => {
      const what = expected === "pass" ? status : `${status}, expected ${expected}`;
      return [`${what}: ${query}`, ...(message === "" ? [] : [`    ${message.split("\n")[0]}`])];
    });
    const left = this.#unexpected.length - limit;
    return [
      "",
      ...lines,
      ...(left > 0 ? [`... and ${left} more`] : []),
      ...this.broken.map(({ file, message }) => `broken: ${file}: ${message}`),
    ];
  }

  #verdict(): string[] {
    const known = this.#expected.length;
    const unknown = this.#unexpected.length;
    return [
      `${unknown} not as expected${known > 0 ? `, ${known} known failures` : ""}${this.broken.length > 0 ? `, ${this.broken.length} files broken` : ""}`,
    ];
  }
}

/** Lines of a table: the first column to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "));
}
