/** `portcullis reflect FILE`: what a shader binds, lays out and offers, as versioned JSON (docs/reflection.md). */
import { type Reflection, reflect as reflectChecked } from "../frontend/wgsl/reflect.ts";
import { ABOUT } from "./about.ts";
import { readOne, UsageError } from "./files.ts";
import { EXIT, note, print } from "./output.ts";
import { printPretty, readShader } from "./source.ts";
import { type Exit, meant, only, runVerb, text, type Verb } from "./verb.ts";

export const REFLECT: Verb = {
  ...ABOUT.reflect,
  options: { "entry-point": { type: "string", value: "NAME", says: "only this entry point, and what it uses" } },
  more: "The JSON is versioned; docs/reflection.md and the type Reflection of portcullis/shader describe it.",
  examples: [
    ["portcullis reflect blur.wgsl", "everything"],
    ["portcullis reflect blur.wgsl --entry-point vertical", "one entry point"],
  ],
  run: (files, v) => reflect(only(files), text(v["entry-point"])),
};

/** The verb by itself, for bin.ts. */
export const start = (args: string[]): Exit => runVerb(REFLECT, args);

export function reflect(file: string, entryPoint: string | undefined): number {
  const input = readOne(file);
  const shader = readShader(input);
  if (!shader.checked?.ok) {
    printPretty(input, shader, note);
    return EXIT.findings;
  }
  const reflection = reflectChecked(shader.checked);
  print(JSON.stringify(entryPoint === undefined ? reflection : narrowed(reflection, entryPoint), null, 2));
  return EXIT.clean;
}

/** What concerns one entry point. Structures stay: layouts name them. */
function narrowed(reflection: Reflection, name: string): Reflection {
  const entry = reflection.entryPoints.find((e) => e.name === name);
  if (!entry) {
    const names = reflection.entryPoints.map((e) => e.name);
    const all = names.length > 0 ? `; there are ${names.map((n) => `'${n}'`).join(", ")}` : "; there is none";
    throw new UsageError(`--entry-point: there is no entry point named '${name}'${meant(name, names) || all}`);
  }
  return {
    ...reflection,
    entryPoints: [entry],
    resources: reflection.resources.filter((r) => r.usedBy.includes(name)),
    overrides: reflection.overrides.filter((o) => entry.overrides.includes(o.key)),
  };
}
