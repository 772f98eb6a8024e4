/** `portcullis check FILE...`: validates WGSL. Linear in what it is given, and prints results as they come. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expand, type Input, readInput, UsageError } from "../files.ts";
import { complain, EXIT } from "../output.ts";
import { ResultCache } from "./cache.ts";
import { checkFile } from "./file.ts";
import { githubReporter } from "./github.ts";
import { jsonReporter, ndjsonReporter } from "./json.ts";
import { junitReporter } from "./junit.ts";
import { prettyReporter } from "./pretty.ts";
import { Progress } from "./progress.ts";
import type { FileResult, Reporter, Totals, Write } from "./result.ts";
import { sarifReporter } from "./sarif.ts";
import { type Settings, settingsKey } from "./settings.ts";

export const CHECK_FORMATS = ["pretty", "json", "ndjson", "sarif", "github", "junit"] as const;
export type Format = (typeof CHECK_FORMATS)[number];

export interface Shard {
  /** from 1 to `of` */
  readonly index: number;
  readonly of: number;
}

export interface CheckOptions {
  readonly format: Format;
  readonly stdinName: string;
  readonly maxWarnings: number;
  readonly settings: Settings;
  readonly shard: Shard | null;
  /** folder of the result cache */
  readonly cache: string | undefined;
}

const REPORTERS: { readonly [F in Format]: (write: Write) => Reporter } = {
  pretty: (write) => prettyReporter(write, process.stdout.isTTY === true && process.stderr.isTTY === true),
  json: jsonReporter,
  ndjson: ndjsonReporter,
  sarif: (write) => sarifReporter(write, packageVersion()),
  github: githubReporter,
  junit: junitReporter,
};

/** Checks all files there are, and says at the end if some could not be read. */
export function check(patterns: readonly string[], options: CheckOptions): number {
  const files = shardOf(expand(patterns), options.shard);
  return exitOf(report(files, options, checkerOf(options)), options);
}

export type Checker = (input: Input) => FileResult;

/** @throws UsageError when the cache cannot be used */
export function checkerOf({ settings, cache }: CheckOptions): Checker {
  const results = cache === undefined ? null : new ResultCache(cache, settingsKey(settings));
  return (input) => checkFile(input, settings, results);
}

/** Every `of`-th file, so that the shards together are all files, each once, and of about equal work. */
export function shardOf(files: readonly string[], shard: Shard | null): readonly string[] {
  return shard === null ? files : files.filter((_, i) => i % shard.of === shard.index - 1);
}

export function report(files: readonly string[], { format, stdinName }: CheckOptions, checker: Checker): Totals {
  const out = new Output();
  const progress = new Progress(files.length);
  const reporter = REPORTERS[format]((text) => out.write(text, progress));
  let [errors, warnings, unreadable] = [0, 0, 0];
  for (const [done, file] of files.entries()) {
    progress.show(done, errors);
    const input = tryRead(file, stdinName);
    if (typeof input === "string") {
      unreadable++;
      out.flush(progress);
      complain(input);
      reporter.unreadable(file, input);
      continue;
    }
    const result = checker(input);
    errors += result.errors;
    warnings += result.warnings;
    reporter.file(result);
  }
  out.flush(progress);
  const totals = { files: files.length - unreadable, errors, warnings, unreadable };
  reporter.end(totals);
  out.flush(progress);
  return totals;
}

export function exitOf({ errors, warnings, unreadable }: Totals, { maxWarnings }: CheckOptions): number {
  if (unreadable > 0) return EXIT.usage;
  return errors > 0 || warnings > maxWarnings ? EXIT.findings : EXIT.clean;
}

/** @returns why it cannot be read */
function tryRead(name: string, stdinName: string): Input | string {
  try {
    return readInput(name, stdinName);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message;
  }
}

/** Standard output by the block: a call of the system per line would take longer than the checking. */
class Output {
  static readonly #BLOCK = 1 << 16;
  #held: string[] = [];
  #length = 0;

  write(text: string, progress: Progress): void {
    this.#held.push(text);
    this.#length += text.length;
    if (this.#length >= Output.#BLOCK || process.stdout.isTTY) this.flush(progress);
  }

  flush(progress: Progress): void {
    progress.clear();
    if (this.#length > 0) process.stdout.write(this.#held.join(""));
    this.#held = [];
    this.#length = 0;
  }
}

/** Of the package: from the sources two folders up, from `dist/` one. */
function packageVersion(): string {
  for (const folder of ["..", "../.."]) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(import.meta.dirname, folder, "package.json"), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (name === "portcullis" && version !== undefined) return version;
    } catch {
      // the other one
    }
  }
  return "0.0.0";
}
