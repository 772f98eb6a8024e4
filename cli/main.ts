#!/usr/bin/env node
/** The `portcullis` command. Results on stdout, progress on stderr; exit 0 clean, 1 findings, 2 usage or unreadable input. */
import { realpathSync } from "node:fs";
import { ABOUT, help, isHelp, type VerbName } from "./about.ts";
import { attack } from "./attack/attack.ts";
import { CHECK } from "./check/verb.ts";
import { type CompileFlags, compile, dis, FORMS, type Form, verifyFiles } from "./compile.ts";
import { EXPLAIN } from "./explain.ts";
import { UsageError } from "./files.ts";
import { finish } from "./finish.ts";
import { EXIT, print } from "./output.ts";
import { REFLECT } from "./reflect.ts";
import { run } from "./run.ts";
import {
  count,
  type Exit,
  meant,
  type Option,
  oneOf,
  only,
  overridesOf,
  runVerb,
  text,
  texts,
  usageError,
  type Values,
  type Verb,
} from "./verb.ts";

const COMPILE_OPTIONS: Readonly<Record<string, Option>> = {
  entry: { type: "string", value: "NAME", says: "entry point, where there are several" },
  override: { type: "string", multiple: true, value: "NAME=VALUE", says: "pipeline constant; may be repeated" },
  level: { type: "string", short: "O", default: "2", value: "0|1|2", says: "optimization level" },
};
const EMIT: Option = { type: "string", value: "FORM,...", says: `forms to print: ${FORMS.join(", ")}` };

const VERBS: { readonly [V in VerbName]: Verb } = {
  check: CHECK,
  explain: EXPLAIN,
  reflect: REFLECT,
  compile: {
    ...ABOUT.compile,
    options: { out: { type: "string", short: "o", value: "FILE", says: "object file to write" }, emit: EMIT, ...COMPILE_OPTIONS },
    run: (files, v) => compile(only(files), text(v.out), forms(v.emit, v.out === undefined ? ["isa"] : []), compileFlags(v)),
  },
  dis: {
    ...ABOUT.dis,
    options: { emit: EMIT, ...COMPILE_OPTIONS },
    run: (files, v) => dis(only(files), v.emit === undefined ? undefined : forms(v.emit, []), compileFlags(v)),
  },
  verify: { ...ABOUT.verify, options: {}, run: (files) => verifyFiles(files) },
  attack: {
    ...ABOUT.attack,
    options: {
      list: { type: "boolean", says: "name the miscompiles, and where such were seen" },
      bug: { type: "string", value: "NAME", says: "this one only" },
      walls: {
        type: "string",
        value: "NAME,...",
        says: "walls that stay on: verifier, regions, memory, or none; all combinations if absent",
      },
      json: { type: "boolean", says: "print results as JSON" },
    },
    run: (files, v) => {
      if (files.length > 0) throw new UsageError("attack takes no files");
      return attack({ list: v.list === true, json: v.json === true, bug: text(v.bug), walls: text(v.walls) });
    },
  },
  run: {
    ...ABOUT.run,
    options: {
      dispatch: { type: "string", value: "X,Y,Z", says: "workgroups" },
      bind: { type: "string", multiple: true, value: "G.B=...", says: "0.0=u32:1,2,3 or 0.0=@file or 0.0=zero:BYTES; may be repeated" },
      tier: { type: "string", default: "jit", value: "jit|reference", says: "which tier runs it" },
      png: { type: "string", value: "FILE", says: "write the image to this file" },
      fuel: { type: "string", value: "WORDS", says: "code words that may run" },
      sanitize: { type: "boolean", says: "report races, accesses out of bounds and the like; slow, and compiled as with -O0" },
      profile: { type: "boolean", says: "run on the reference tier and print what each line cost" },
      "profile-out": { type: "string", value: "FILE", says: "write a flame graph for speedscope to this file" },
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
        sanitize: v.sanitize === true,
        profile: v.profile === true,
        profileOut: text(v["profile-out"]),
      }),
  },
};

function forms(value: Values[string], fallback: readonly Form[]): Form[] {
  const names = text(value);
  return names === undefined ? [...fallback] : names.split(",").map((name) => oneOf("emit", name, FORMS));
}

function compileFlags(v: Values): CompileFlags {
  const level = Number(oneOf("level", v.level, ["0", "1", "2"])) as 0 | 1 | 2;
  return { entry: text(v.entry), overrides: overridesOf(v.override), level };
}

/** @returns the exit code, at once but for what goes on for a while */
export function main(argv: readonly string[]): Exit {
  const [name, ...rest] = argv;
  if (isHelp(name)) {
    print(help());
    return EXIT.clean;
  }
  if (name === undefined) return usageError(`name a verb\n\n${help()}`);
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name as VerbName] : undefined;
  return verb ? runVerb(verb, rest) : usageError(`unknown verb '${name}'${meant(name, Object.keys(VERBS))}\n\n${help()}`);
}

/** Whether this file is what Node was told to run: by its path, or through a link such as those in node_modules/.bin. */
function isCommand(): boolean {
  try {
    return realpathSync(process.argv[1] ?? "") === import.meta.filename;
  } catch {
    return false;
  }
}

if (isCommand()) finish(main(process.argv.slice(2)));
