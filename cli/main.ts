#!/usr/bin/env node
/** The `portcullis` command. Results on stdout, progress on stderr; exit 0 clean, 1 findings, 2 usage or unreadable input. */
import { realpathSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { check } from "./check.ts";
import { type CompileFlags, compile, dis, FORMS, type Form, verifyFiles } from "./compile.ts";
import { readOverride } from "./directives.ts";
import { UsageError } from "./files.ts";
import { parseCount } from "./numbers.ts";
import { complain, EXIT, note, PAINT, print } from "./output.ts";
import { run } from "./run.ts";

interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  readonly default?: string;
  /** how to write its value */
  readonly value?: string;
  readonly says: string;
}

/** Values as parsed: a string, a list of them for `multiple`, true for a boolean. */
type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

interface Verb {
  readonly says: string;
  readonly usage: string;
  readonly options: Readonly<Record<string, Option>>;
  /** @returns the exit code */
  readonly run: (files: string[], values: Values) => number;
}

const COMPILE_OPTIONS: Readonly<Record<string, Option>> = {
  entry: { type: "string", value: "NAME", says: "entry point, where there are several" },
  override: { type: "string", multiple: true, value: "NAME=VALUE", says: "pipeline constant; may be repeated" },
  level: { type: "string", short: "O", default: "2", value: "0|1|2", says: "optimization level" },
};
const EMIT: Option = { type: "string", value: "FORM,...", says: `forms to print: ${FORMS.join(", ")}` };

const VERBS: Readonly<Record<string, Verb>> = {
  check: {
    says: "validate WGSL files",
    usage: "check FILE|GLOB|- ...",
    options: {
      format: { type: "string", default: "pretty", value: "pretty|json", says: "how to print findings" },
      "stdin-filename": { type: "string", default: "<stdin>", value: "NAME", says: "name to print for standard input" },
      "max-warnings": { type: "string", value: "N", says: "exit 1 over this many warnings" },
    },
    run: (files, v) =>
      check(files, {
        format: oneOf("format", v.format, ["pretty", "json"]),
        stdinName: String(v["stdin-filename"]),
        maxWarnings: count("max-warnings", v["max-warnings"]) ?? Number.POSITIVE_INFINITY,
      }),
  },
  compile: {
    says: "compile one entry point to an object",
    usage: "compile FILE [-o OUT.pco]",
    options: { out: { type: "string", short: "o", value: "FILE", says: "object file to write" }, emit: EMIT, ...COMPILE_OPTIONS },
    run: (files, v) => compile(only(files), text(v.out), forms(v.emit, v.out === undefined ? ["isa"] : []), compileFlags(v)),
  },
  dis: {
    says: "print IR, machine code and WebAssembly",
    usage: "dis FILE",
    options: { emit: EMIT, ...COMPILE_OPTIONS },
    run: (files, v) => dis(only(files), v.emit === undefined ? undefined : forms(v.emit, []), compileFlags(v)),
  },
  verify: { says: "the verifier's verdict on objects", usage: "verify OBJECT ...", options: {}, run: (files) => verifyFiles(files) },
  run: {
    says: "run a compute shader, or its object, on buffers",
    usage: "run FILE",
    options: {
      dispatch: { type: "string", value: "X,Y,Z", says: "workgroups" },
      bind: { type: "string", multiple: true, value: "G.B=...", says: "0.0=u32:1,2,3 or 0.0=@file or 0.0=zero:BYTES; may be repeated" },
      tier: { type: "string", default: "jit", value: "jit|reference", says: "which tier runs it" },
      png: { type: "string", value: "FILE", says: "write the image to this file" },
      fuel: { type: "string", value: "WORDS", says: "code words that may run" },
      ...COMPILE_OPTIONS,
    },
    run: (files, v) =>
      run(only(files), {
        ...compileFlags(v),
        dispatch: text(v.dispatch),
        bind: texts(v.bind),
        tier: oneOf("tier", v.tier, ["jit", "reference"]),
        png: text(v.png),
        fuel: count("fuel", v.fuel),
      }),
  },
};

const text = (value: Values[string]) => (typeof value === "string" ? value : undefined);
const texts = (value: Values[string]) => (Array.isArray(value) ? value.map(String) : []);

function only(files: readonly string[]): string {
  if (files.length !== 1) throw new UsageError(`name one file, not ${files.length}`);
  return files[0]!;
}

function oneOf<const T extends string>(name: string, value: Values[string], allowed: readonly T[]): T {
  const found = allowed.find((a) => a === value);
  if (found === undefined) throw new UsageError(`--${name} takes ${allowed.join(" or ")}, not '${value}'`);
  return found;
}

function count(name: string, value: Values[string]): number | undefined {
  if (value === undefined) return undefined;
  const n = parseCount(String(value), Number.MAX_SAFE_INTEGER);
  if (n === null) throw new UsageError(`--${name} takes a whole number, not '${value}'`);
  return n;
}

function forms(value: Values[string], fallback: readonly Form[]): Form[] {
  const names = text(value);
  return names === undefined ? [...fallback] : names.split(",").map((name) => oneOf("emit", name, FORMS));
}

function compileFlags(v: Values): CompileFlags {
  const overrides: Record<string, number> = Object.create(null);
  for (const assignment of texts(v.override)) {
    const problem = readOverride(overrides, assignment);
    if (problem) throw new UsageError(`--override: ${problem}`);
  }
  return { entry: text(v.entry), overrides, level: Number(oneOf("level", v.level, ["0", "1", "2"])) as 0 | 1 | 2 };
}

function help(): string {
  const lines = Object.values(VERBS).map((verb) => `  ${verb.usage.padEnd(28)} ${verb.says}`);
  return `portcullis: check, compile, verify and run WGSL without a GPU\n\n${lines.join("\n")}\n\nportcullis VERB --help says more. Exit: 0 clean, 1 findings, 2 usage or unreadable input.`;
}

function verbHelp(verb: Verb): string {
  const lines = Object.entries(verb.options).map(([name, o]) => {
    const spelled = `${o.short ? `-${o.short}, ` : ""}--${name}${o.value ? ` ${o.value}` : ""}`;
    return `  ${spelled.padEnd(32)} ${o.says}${o.default === undefined ? "" : ` (default ${o.default})`}`;
  });
  return [`portcullis ${verb.usage}: ${verb.says}`, ...(lines.length > 0 ? ["", ...lines] : [])].join("\n");
}

/** @returns the exit code */
export function main(argv: readonly string[]): number {
  const [name, ...rest] = argv;
  if (name === "--help" || name === "-h" || name === "help") {
    print(help());
    return EXIT.clean;
  }
  if (name === undefined) return usageError(`name a verb\n\n${help()}`);
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (!verb) return usageError(`unknown verb '${name}'\n\n${help()}`);
  if (rest.includes("--help") || rest.includes("-h")) {
    print(verbHelp(verb));
    return EXIT.clean;
  }
  try {
    const { positionals, values } = parseArgs({
      args: rest,
      options: verb.options as ParseArgsConfig["options"] & {},
      allowPositionals: true,
    });
    return verb.run(positionals, values as Values);
  } catch (error) {
    if (error instanceof UsageError || String((error as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS"))
      return usageError((error as Error).message);
    note(`${PAINT.error("internal error")}: this is a bug of portcullis\n${error instanceof Error ? error.stack : String(error)}`);
    return EXIT.findings;
  }
}

function usageError(message: string): number {
  complain(message);
  return EXIT.usage;
}

/** Whether this file is what Node was told to run: by its path, or through a link such as those in node_modules/.bin. */
function isCommand(): boolean {
  try {
    return realpathSync(process.argv[1] ?? "") === import.meta.filename;
  } catch {
    return false;
  }
}

if (isCommand()) {
  // whoever reads the output may stop early, as `head` does: that is no error
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  process.exitCode = main(process.argv.slice(2));
}
