/** One line on stderr that says how far a run is, when someone looks. */
import type { Report } from "./report.ts";

const PERIOD_MS = 100;

export class Progress {
  readonly #report: Report;
  readonly #tty = process.stderr.isTTY === true;
  #planned = 0;
  #shown = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  plan(count: number): void {
    this.#planned += count;
  }

  show(query: string): void {
    const now = performance.now();
    if (!this.#tty || now - this.#shown < PERIOD_MS) return;
    this.#shown = now;
    const { cases, counts } = this.#report.total;
    const bad = counts.fail + counts.hang + counts.crash;
    const line = `${cases} of ${this.#planned} cases known so far, ${bad} not passed  ${query}`;
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  end(): void {
    if (this.#tty) process.stderr.write("\r\x1b[K");
  }
}
