/** The command line of the runner. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { readSelections, type Sampling, type Selection } from "./select.ts";

export const USAGE = `npm run cts -- --cts DIR [options] QUERY ...
QUERY: webgpu:a,b,* or a/b (a file or folder), with @0.05 for a twentieth of it; or @FILE, a list of these
  --jobs N             processes (cores)
  --timeout SECONDS    a case that takes longer is a hang (30)
  --sample FRACTION    of the cases (1), chosen by --seed N (1) and their names
  --shard I/N          the I-th of N parts
  --out FILE           one line of JSON a case
  --list               print the names of the cases and run none
  --failures N         how many to list (100)
  --expectations FILE  known failures (test/cts/expectations.txt; none with --peer, --nothing)
  --provider-flag F    option of the implementation, such as validation-only or tier=reference; may be repeated
  --dist               test dist/, as built, instead of the sources
  --peer PATH          test an installed npm package webgpu instead
  --nothing            test an implementation that does nothing: what it passes is no merit of any other
  --compat             ask for the compatibility level
  --in-flight N        subcases that run at once (the suite's own number)`;

export class UsageError extends Error {}

export interface Options {
  readonly checkout: string;
  readonly selections: readonly Selection[];
  readonly sampling: Sampling;
  readonly jobs: number;
  readonly timeoutSeconds: number;
  readonly out: string | undefined;
  readonly list: boolean;
  readonly failures: number;
  readonly expectations: string | undefined;
  readonly providerFlags: readonly string[];
  readonly dist: boolean;
  readonly peer: string | undefined;
  readonly nothing: boolean;
  readonly compat: boolean;
  readonly inFlight: number | undefined;
}

const FLAGS = {
  cts: { type: "string" },
  jobs: { type: "string" },
  timeout: { type: "string" },
  sample: { type: "string" },
  seed: { type: "string" },
  shard: { type: "string" },
  out: { type: "string" },
  list: { type: "boolean" },
  failures: { type: "string" },
  expectations: { type: "string" },
  "provider-flag": { type: "string", multiple: true },
  dist: { type: "boolean" },
  peer: { type: "string" },
  nothing: { type: "boolean" },
  compat: { type: "boolean" },
  "in-flight": { type: "string" },
} as const;

function numberOf(name: string, text: string | undefined, otherwise: number, low: number, high: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() === "" || !(value >= low && value <= high))
    throw new UsageError(`--${name} ${text}: not a number from ${low} to ${high}`);
  return value;
}

function integerOf(name: string, text: string | undefined, otherwise: number, low: number, high: number): number {
  const value = numberOf(name, text, otherwise, low, high);
  if (!Number.isInteger(value)) throw new UsageError(`--${name} ${text}: not a whole number`);
  return value;
}

function shardOf(text: string | undefined): { shard: number; shards: number } {
  if (text === undefined) return { shard: 0, shards: 1 };
  const [i, n, ...rest] = text.split("/").map(Number);
  if (i === undefined || n === undefined || rest.length > 0 || !Number.isInteger(i) || !Number.isInteger(n) || i < 1 || i > n) {
    throw new UsageError(`--shard ${text}: not such as 2/5`);
  }
  return { shard: i - 1, shards: n };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param cwd what paths are relative to
 * @throws UsageError
 */
export function readOptions(args: readonly string[], cwd: string, expectations: string): Options {
  const { values, positionals } = parse(args);
  if (values.cts === undefined) throw new UsageError("--cts DIR: a checkout of the suite is needed (docs/cts.md says where to get it)");
  if (positionals.length === 0) throw new UsageError("say which cases to run");
  const nothing = values.nothing ?? false;
  if (Number(values.dist ?? false) + Number(values.peer !== undefined) + Number(nothing) > 1)
    throw new UsageError("--dist, --peer and --nothing exclude each other");
  const checkout = resolve(cwd, values.cts);
  const path = (text: string | undefined) => (text === undefined ? undefined : resolve(cwd, text));
  const inFlight = integerOf("in-flight", values["in-flight"], 0, 1, 10_000);
  return {
    checkout,
    selections: selectionsOf(positionals, checkout, cwd),
    sampling: {
      sample: numberOf("sample", values.sample, 1, 0, 1),
      seed: integerOf("seed", values.seed, 1, 0, 2 ** 32 - 1),
      ...shardOf(values.shard),
    },
    jobs: integerOf("jobs", values.jobs, availableParallelism(), 1, 256),
    timeoutSeconds: numberOf("timeout", values.timeout, 30, 0.1, 86_400),
    out: path(values.out),
    list: values.list ?? false,
    failures: integerOf("failures", values.failures, 100, 0, 1e9),
    expectations: path(values.expectations) ?? (values.peer === undefined && !nothing ? expectations : undefined),
    providerFlags: values["provider-flag"] ?? [],
    dist: values.dist ?? false,
    peer: path(values.peer),
    nothing,
    compat: values.compat ?? false,
    inFlight: inFlight === 0 ? undefined : inFlight,
  };
}

function selectionsOf(words: readonly string[], checkout: string, cwd: string): Selection[] {
  try {
    return words.flatMap((word) => readSelections(word.startsWith("@") ? `@${resolve(cwd, word.slice(1))}` : word, checkout));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
