/** The rule files of test/files/verify as objects: programs that break one rule, and their accepted twins. */
import { readdirSync, readFileSync } from "node:fs";
import { assemble } from "../../sandbox/isa/assemble.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";

const folder = new URL("../files/verify/", import.meta.url);

/** The accepted twin of a rejected text: without the lines marked `-`, with the `//+` lines. */
export function twin(text: string): string {
  const kept = text.split("\n").filter((line) => !/\/\/(~ V\d\d -|-)\s*$/.test(line));
  return kept.map((line) => line.replace(/^\s*\/\/\+ /, "")).join("\n");
}

export function objectOf(text: string): Uint8Array {
  const result = assemble(text);
  if (!result.ok) throw new Error(result.errors.map((e) => `line ${e.line}: ${e.message}`).join("\n"));
  return encodeObject(result.parts);
}

/** Programs made to escape if the rule in their name were not there: they have lanes that part, waves that differ, offsets at the edge. */
export function escapes(): RuleFile[] {
  return isaFiles(new URL("escapes/", import.meta.url));
}

export interface RuleFile {
  readonly name: string;
  readonly text: string;
}

export function ruleFiles(): RuleFile[] {
  return isaFiles(folder);
}

function isaFiles(folder: URL): RuleFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".isa"))
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));
}

/** Programs at the limits of nesting and calling, which text files would be long for: accepted ones, and ones that are one too deep. */
export function deepObjects(): { readonly accepted: Uint8Array[]; readonly rejected: Uint8Array[] } {
  const nest = (n: number) => objectOf(`.func main\n mov v0, #1\n${" if v0\n".repeat(n)} mov v1, #2\n${" end\n".repeat(n)} ret\n.end`);
  const chain = (n: number) => {
    return objectOf(Array.from({ length: n }, (_, i) => `.func f${i}\n${i + 1 < n ? ` call f${i + 1}\n` : ""} ret\n.end`).join("\n"));
  };
  return { accepted: [nest(255), chain(65)], rejected: [nest(256), chain(66)] };
}
