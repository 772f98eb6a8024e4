/**
 * wgsl_reflect beside our reflection: flat facts from both, and where they differ. It checks nothing, hangs on some valid shaders and is wrong
 * on others, so it is asked in a child process that can be killed, and only about shaders that our checker accepts.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { type BindingReflection, reflect } from "../../frontend/wgsl/reflect.ts";
import { checkShader } from "../../webgpu/compile.ts";

export interface Shader {
  readonly name: string;
  readonly source: string;
}
/** What is said of a shader, by what it is about. */
export type Facts = Readonly<Record<string, string>>;
export type Answer = { readonly facts: Facts } | { readonly error: string };

const ANY = "whatever";

/**
 * @param isOwn whether it is a shader written for this comparison: of others, sizes that are known to differ are left out
 * @returns null when the shader has errors
 */
export function ourFacts(source: string, isOwn: boolean): Facts | null {
  const { checked } = checkShader(source);
  if (!checked?.ok) return null;
  const reflection = reflect(checked);
  const facts: Record<string, string> = {};
  for (const entry of reflection.entryPoints) {
    facts[`entry ${entry.name}`] = entry.stage;
    if (entry.workgroupSize) facts[`entry ${entry.name} workgroup size`] = entry.workgroupSize.map((n) => n ?? "override").join(" ");
    for (const b of entry.bindings) facts[`entry ${entry.name} binding ${b.group}.${b.binding}`] = `${b.name} ${kindOf(b)}`;
  }
  for (const s of reflection.structs) {
    // no buffer holds a bool, so where it would lie is nobody's business: wgsl_reflect gives it no bytes
    const isHidden = s.members.some((m) => m.layout.kind === "scalar" && m.layout.scalar === "bool");
    facts[`struct ${s.name}`] = isHidden || (s.runtimeSized && !isOwn) ? ANY : `size ${s.size} align ${s.align}`;
    for (const m of s.members) facts[`struct ${s.name} member ${m.name}`] = isHidden ? ANY : `offset ${m.offset} size ${m.size}`;
  }
  return facts;
}

function kindOf(b: BindingReflection): string {
  if (b.kind === "buffer") return b.bufferType;
  return b.kind === "external-texture" ? "texture" : b.kind;
}

/** Asks wgsl_reflect about all shaders in one child process. @throws with the name of the shader that takes it past the time limit */
export function askWgslReflect(shaders: readonly Shader[], limitMs: number): Promise<Map<string, Answer>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "reflect-oracle-child.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    out += text;
  });
  child.stdin.end(JSON.stringify(shaders));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      const { answers, last } = parseAnswers(out);
      if (answers.size === shaders.length) resolve(answers);
      else
        reject(new Error(`wgsl_reflect ended with ${code ?? "the time limit"} at '${last}', after ${answers.size} of ${shaders.length}`));
    });
  });
}

function parseAnswers(out: string): { answers: Map<string, Answer>; last: string } {
  const answers = new Map<string, Answer>();
  let last = "";
  for (const line of out.split("\n").slice(0, -1)) {
    const { name, ...answer } = JSON.parse(line);
    last = name;
    if ("facts" in answer || "error" in answer) answers.set(name, answer);
  }
  return { answers, last };
}

export interface Difference {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
}

export function differences(ours: Facts, theirs: Answer): Difference[] {
  if ("error" in theirs) return [{ what: "the module", ours: "valid", theirs: theirs.error }];
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs.facts)]);
  return [...keys]
    .filter((what) => !isSame(ours[what], theirs.facts[what]))
    .map((what) => ({ what, ours: ours[what] ?? "nothing", theirs: theirs.facts[what] ?? "nothing" }));
}

/** A size that an override decides is known at pipeline creation; wgsl_reflect guesses that the override keeps its default. */
function isSame(ours: string | undefined, theirs: string | undefined): boolean {
  if (ours === ANY) return true;
  if (ours === undefined || theirs === undefined || !ours.includes("override")) return ours === theirs;
  const guessed = theirs.split(" ");
  const known = ours.split(" ");
  return known.length === guessed.length && known.every((word, i) => word === "override" || word === guessed[i]);
}
