/** What a verb of the command is: its options, its help, and how its arguments are read. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { closest } from "../frontend/wgsl/suggest.ts";
import type { About } from "./about.ts";
import { readOverride } from "./directives.ts";
import { UsageError } from "./files.ts";
import { parseCount } from "./numbers.ts";
import { complain, EXIT, note, PAINT, print } from "./output.ts";

export interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  readonly default?: string;
  /** how to write its value */
  readonly value?: string;
  readonly says: string;
}

/** Values as parsed: a string, a list of them for `multiple`, true for a boolean. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** An exit code, or the promise of one from a verb that goes on for a while. */
export type Exit = number | Promise<number>;

export interface Verb extends About {
  readonly options: Readonly<Record<string, Option>>;
  /** paragraphs for its help, under the options */
  readonly more?: string;
  readonly examples?: readonly (readonly [command: string, says: string])[];
  readonly run: (files: string[], values: Values) => Exit;
}

export const text = (value: Values[string]) => (typeof value === "string" ? value : undefined);
export const texts = (value: Values[string]) => (Array.isArray(value) ? value.map(String) : []);

export function only(files: readonly string[]): string {
  if (files.length !== 1) throw new UsageError(`name one file, not ${files.length}`);
  return files[0]!;
}

export function oneOf<const T extends string>(name: string, value: Values[string], allowed: readonly T[]): T {
  const found = allowed.find((a) => a === value);
  if (found === undefined) throw new UsageError(`--${name} takes ${allowed.join(" or ")}, not '${value}'${meant(String(value), allowed)}`);
  return found;
}

export function count(name: string, value: Values[string]): number | undefined {
  if (value === undefined) return undefined;
  const n = parseCount(String(value), Number.MAX_SAFE_INTEGER);
  if (n === null) throw new UsageError(`--${name} takes a whole number, not '${value}'`);
  return n;
}

/** Pipeline constants of a repeated `--override NAME=VALUE`. */
export function overridesOf(value: Values[string]): Record<string, number> {
  const overrides: Record<string, number> = Object.create(null);
  for (const assignment of texts(value)) {
    const problem = readOverride(overrides, assignment);
    if (problem) throw new UsageError(`--override: ${problem}`);
  }
  return overrides;
}

/** `; did you mean 'x'?` where something is near enough, else nothing. */
export function meant(wrong: string, candidates: Iterable<string>, prefix = ""): string {
  const all = [...candidates];
  const near = all.find((c) => c.toLowerCase() === wrong.toLowerCase()) ?? closest(wrong, all) ?? startOf(wrong, all);
  return near === undefined ? "" : `; did you mean '${prefix}${near}'?`;
}

/** The one candidate that goes on where `wrong` ends. */
function startOf(wrong: string, candidates: readonly string[]): string | undefined {
  const longer = wrong.length < 3 ? [] : candidates.filter((c) => c.startsWith(wrong));
  return longer.length === 1 ? longer[0] : undefined;
}

function verbHelp(verb: Verb): string {
  const lines = Object.entries(verb.options).map(([name, o]) => {
    const spelled = `${o.short ? `-${o.short}, ` : ""}--${name}${o.value ? ` ${o.value}` : ""}`;
    return `  ${spelled.padEnd(32)} ${o.says}${o.default === undefined ? "" : ` (default ${o.default})`}`;
  });
  const examples = (verb.examples ?? []).map(([command, says]) => `  ${says}:\n    ${command}`);
  return [
    `portcullis ${verb.usage}: ${verb.says}`,
    ...(lines.length > 0 ? ["", ...lines] : []),
    ...(verb.more === undefined ? [] : ["", verb.more]),
    ...(examples.length > 0 ? ["", "Examples:", ...examples] : []),
  ].join("\n");
}

/** Runs a verb on its arguments. Never throws, and its promise never fails. */
export function runVerb(verb: Verb, args: string[]): Exit {
  if (args.includes("--help") || args.includes("-h")) {
    print(verbHelp(verb));
    return EXIT.clean;
  }
  try {
    const { positionals, values } = parse(verb, args);
    const exit = verb.run(positionals, values);
    return typeof exit === "number" ? exit : exit.catch(failed);
  } catch (error) {
    return failed(error);
  }
}

function parse(verb: Verb, args: string[]): { positionals: string[]; values: Values } {
  try {
    const options = verb.options as ParseArgsConfig["options"] & {};
    const { positionals, values } = parseArgs({ args, options, allowPositionals: true });
    return { positionals, values: values as Values };
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS")) throw error;
    throw new UsageError(argumentProblem((error as Error).message, args, Object.keys(verb.options)));
  }
}

function argumentProblem(message: string, args: readonly string[], known: readonly string[]): string {
  const unknown = args.find((arg) => arg.startsWith("--") && arg.length > 2 && !known.includes(arg.slice(2).split("=")[0]!));
  if (unknown === undefined || !message.startsWith("Unknown option")) return message;
  const name = unknown.slice(2).split("=")[0]!;
  return `Unknown option '--${name}'${meant(name, known, "--")}`;
}

function failed(error: unknown): number {
  if (error instanceof UsageError) return usageError(error.message);
  note(`${PAINT.error("internal error")}: this is a bug of portcullis\n${error instanceof Error ? error.stack : String(error)}`);
  return EXIT.findings;
}

export function usageError(message: string): number {
  complain(message);
  return EXIT.usage;
}
