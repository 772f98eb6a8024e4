/** The verb `check`: its options, and how they are read. */
import { ABOUT } from "../about.ts";
import { UsageError } from "../files.ts";
import { count, type Exit, oneOf, overridesOf, runVerb, text, type Values, type Verb } from "../verb.ts";
import { CHECK_FORMATS, type CheckOptions, check, type Shard } from "./check.ts";
import { settingsOf } from "./settings.ts";
import { watch } from "./watch.ts";

export const CHECK: Verb = {
  ...ABOUT.check,
  options: {
    format: { type: "string", default: "pretty", value: CHECK_FORMATS.join("|"), says: "how to print findings" },
    "stdin-filename": { type: "string", default: "<stdin>", value: "NAME", says: "name to print for standard input" },
    "max-warnings": { type: "string", value: "N", says: "exit 1 over this many warnings" },
    features: { type: "string", value: "LIST", says: "extensions and language features that there are (default max)" },
    limits: { type: "string", value: "core|compat|max|FILE", says: "compare entry points with the limits of a device" },
    "entry-point": { type: "string", value: "NAME", says: "also check what making a pipeline of it would" },
    override: { type: "string", multiple: true, value: "NAME=VALUE", says: "pipeline constant, by name or @id; may be repeated" },
    shard: { type: "string", value: "I/N", says: "only the I-th of N parts of the files" },
    cache: { type: "string", value: "DIR", says: "keep results there, by content" },
    watch: { type: "boolean", says: "check again whatever changes, until interrupted" },
  },
  more: `Names ending in .ts, .mts, .cts, .tsx, .js, .mjs, .cjs or .jsx are scripts: template literals after a comment
/* wgsl */ or with the tag wgsl are checked, at their places in the script. \${name} of a constant of the same
file is put in; a literal with any other substitution is not checked, and said so (W0004, no error).

--features takes names separated by commas: core, compat, max or none to start from (none has no language
features either), then names to add (f16 or shader-f16, subgroups, buffer_view) or, with a minus, to take away.
--limits FILE is JSON, such as {"maxComputeWorkgroupSizeX": 1024}, over the limits of core.
With --entry-point or --override, rules of pipeline creation are checked too: values of overrides, sizes and
indices that depend on them. Without --entry-point, of every entry point.

Exit: 0 clean, 1 errors or too many warnings, 2 usage, an unreadable file, or a glob that matches nothing.
'portcullis explain CODE' says more about a code.`,
  examples: [
    ["portcullis check 'src/**/*.wgsl'", "every shader under src"],
    ["portcullis check 'src/**/*.{ts,tsx,wgsl}' --cache .cache/wgsl", "also those in scripts; unchanged files cost little"],
    ["portcullis check - --stdin-filename a.wgsl --format json < a.wgsl", "for editors"],
    ["portcullis check '**/*.wgsl' --format sarif > wgsl.sarif", "for code scanning"],
    ["portcullis check a.wgsl --limits compat --features=core,-buffer_view", "for old devices"],
    ["portcullis check a.wgsl --entry-point main --override TILE=32", "as a pipeline would"],
  ],
  run: (files, v) => {
    const options: CheckOptions = {
      format: oneOf("format", v.format, CHECK_FORMATS),
      stdinName: String(v["stdin-filename"]),
      maxWarnings: count("max-warnings", v["max-warnings"]) ?? Number.POSITIVE_INFINITY,
      settings: settingsOf({
        features: text(v.features),
        limits: text(v.limits),
        entryPoint: text(v["entry-point"]),
        overrides: overridesOf(v.override),
      }),
      shard: shard(v.shard),
      cache: text(v.cache),
    };
    return v.watch === true ? watch(files, options) : check(files, options);
  },
};

/** The verb by itself, for bin.ts. */
export const start = (args: string[]): Exit => runVerb(CHECK, args);

function shard(value: Values[string]): Shard | null {
  if (value === undefined) return null;
  const [index = 0, of = 0] = /^\d{1,6}\/\d{1,6}$/.test(String(value)) ? String(value).split("/").map(Number) : [];
  if (index < 1 || index > of) throw new UsageError(`--shard takes a part and their number, such as 2/5, not '${value}'`);
  return { index, of };
}
