/** `--watch`: checks all files, then those that change, until it is interrupted. */
import { type FSWatcher, statSync, watch as watchFolder } from "node:fs";
import { dirname } from "node:path";
import { expand, UsageError } from "../files.ts";
import { isGlob, staticFolder } from "../glob.ts";
import { complain, EXIT, note, PAINT } from "../output.ts";
import { type CheckOptions, checkerOf, exitOf, report, shardOf } from "./check.ts";

/** Editors write a file in several steps. */
const SETTLE_MS = 60;

/** @returns the exit code of the last round, once it is interrupted */
export function watch(patterns: readonly string[], options: CheckOptions): Promise<number> {
  if (patterns.includes("-")) throw new UsageError("--watch needs files: standard input does not change");
  if (options.format !== "pretty" && options.format !== "ndjson" && options.format !== "github")
    throw new UsageError(
      `--watch prints for as long as it runs, so it goes with the formats pretty, ndjson and github, not with ${options.format}`,
    );
  const round = new Rounds(patterns, options);
  round.run();
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve(round.stop()));
    process.once("SIGTERM", () => resolve(round.stop()));
  });
}

class Rounds {
  readonly #patterns: readonly string[];
  readonly #options: CheckOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  /** of each file, its time and size when it was last checked */
  readonly #stamps = new Map<string, string>();
  readonly #exits = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(patterns: readonly string[], options: CheckOptions) {
    this.#patterns = patterns;
    this.#options = options;
  }

  run(): void {
    const files = this.#files();
    const changed = files.filter((file) => this.#isChanged(file));
    for (const file of this.#exits.keys()) if (!files.includes(file)) this.#exits.delete(file);
    const checker = checkerOf(this.#options);
    if (changed.length > 0) {
      report(changed, this.#options, (input) => {
        const result = checker(input);
        this.#exits.set(input.name, exitOf({ ...result, files: 1, unreadable: 0 }, this.#options));
        return result;
      });
      const wrong = [...this.#exits.values()].filter((exit) => exit !== EXIT.clean).length;
      note(PAINT.dim(`watching ${files.length} files, ${wrong} of them with findings`));
    }
    for (const folder of this.#folders(files)) this.#watch(folder);
  }

  stop(): number {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    return Math.max(EXIT.clean, ...this.#exits.values());
  }

  /** Files may come and go: a glob that matches nothing now may match later. */
  #files(): readonly string[] {
    try {
      return shardOf(expand(this.#patterns), this.#options.shard);
    } catch (error) {
      if (!(error instanceof UsageError) || this.#stamps.size === 0) throw error;
      complain(error.message);
      return [];
    }
  }

  #isChanged(file: string): boolean {
    let stamp = "missing";
    try {
      const { mtimeMs, size } = statSync(file);
      stamp = `${mtimeMs} ${size}`;
    } catch {
      // reading it says why
    }
    const isChanged = this.#stamps.get(file) !== stamp;
    this.#stamps.set(file, stamp);
    return isChanged;
  }

  #folders(files: readonly string[]): ReadonlySet<string> {
    return new Set([...files.map((file) => dirname(file)), ...this.#patterns.filter(isGlob).map(staticFolder)]);
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watchFolder(folder, () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.run(), SETTLE_MS);
      });
      watcher.on("error", () => this.#watchers.delete(folder));
      this.#watchers.set(folder, watcher);
    } catch (error) {
      complain(`cannot watch '${folder}': ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
