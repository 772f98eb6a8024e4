/** A bar on standard error, while many files are checked and somebody looks. */
const MIN_FILES = 50;
const WIDTH = 30;
const EVERY_MS = 100;

export class Progress {
  readonly #total: number;
  readonly #isOn: boolean;
  #next = 0;
  #isShown = false;

  constructor(total: number) {
    this.#total = total;
    this.#isOn = process.stderr.isTTY === true && total >= MIN_FILES;
  }

  /** @param done files so far */
  show(done: number, errors: number): void {
    if (!this.#isOn || performance.now() < this.#next) return;
    this.#next = performance.now() + EVERY_MS;
    const filled = Math.floor((done / this.#total) * WIDTH);
    const bar = "=".repeat(filled) + " ".repeat(WIDTH - filled);
    process.stderr.write(`\r[${bar}] ${done}/${this.#total} files, ${errors} ${errors === 1 ? "error" : "errors"}\u001b[K`);
    this.#isShown = true;
  }

  /** Before anything else is written to the terminal. */
  clear(): void {
    if (this.#isShown) process.stderr.write("\r\u001b[K");
    this.#isShown = false;
  }
}
