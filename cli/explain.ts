/** `portcullis explain CODE`: the page of a code, from docs/codes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ABOUT } from "./about.ts";
import { UsageError } from "./files.ts";
import { EXIT, hasColors, PAINT, print } from "./output.ts";
import { type Exit, meant, runVerb, type Verb } from "./verb.ts";

/** Where the pages are: beside the built command, or in the sources. */
const FOLDERS = ["codes", "../docs/codes"];

export const EXPLAIN: Verb = {
  ...ABOUT.explain,
  options: {},
  more: "Codes: W for errors in WGSL, V for objects that the verifier rejects, T for dispatches that were stopped.",
  examples: [
    ["portcullis explain W0291", "one code"],
    ["portcullis explain", "the list"],
  ],
  run: (codes) => explain(codes),
};

/** The verb by itself, for bin.ts. */
export const start = (args: string[]): Exit => runVerb(EXPLAIN, args);

export function explain(codes: readonly string[]): number {
  const { folder, known } = pages();
  if (codes.length === 0) {
    print(known.map((code) => titleOf(read(folder, code))).join("\n"));
    return EXIT.clean;
  }
  const wanted = codes.map((code) => codeOf(code, known));
  print(wanted.map((code) => printable(read(folder, code))).join("\n"));
  return EXIT.clean;
}

function pages(): { folder: string; known: string[] } {
  for (const candidate of FOLDERS) {
    try {
      const folder = join(import.meta.dirname, candidate);
      const known = readdirSync(folder).flatMap((name) => /^([A-Z]\d+)\.md$/.exec(name)?.[1] ?? []);
      if (known.length > 0) return { folder, known: known.sort() };
    } catch {
      // the other one
    }
  }
  throw new UsageError("the pages of codes are missing from this installation");
}

const read = (folder: string, code: string) => readFileSync(`${folder}/${code}.md`, "utf8");

function codeOf(given: string, known: readonly string[]): string {
  const code = given.toUpperCase();
  if (known.includes(code)) return code;
  throw new UsageError(`there is no code '${given}'${suggestion(code, known)}; 'portcullis explain' lists all`);
}

/** By spelling; else, since codes of one letter that are near are of one thing, the next number. */
function suggestion(code: string, known: readonly string[]): string {
  const family = known.filter((k) => k[0] === code[0]);
  const near = meant(code, family.length > 0 ? family : known);
  const number = Number.parseInt(code.slice(1), 10);
  if (near !== "" || family.length === 0 || Number.isNaN(number)) return near;
  const away = (k: string) => Math.abs(Number(k.slice(1)) - number);
  return `; did you mean '${family.reduce((a, b) => (away(b) < away(a) ? b : a))}'?`;
}

const titleOf = (page: string) => page.slice(2, page.indexOf("\n"));

/** Headings in bold, code indented, long lines of text broken. */
function printable(page: string): string {
  let isCode = false;
  const lines: string[] = [];
  for (const line of page.split("\n")) {
    if (line.startsWith("```")) {
      isCode = line !== "```";
      const options = line.split(" ").slice(1).join(" ");
      if (isCode && options.startsWith("--")) lines.push(PAINT.dim(`    // with ${options}`));
    } else if (isCode) lines.push(`    ${line.length > 200 ? `${line.slice(0, 80)} ... ${line.slice(-40)}` : line}`);
    else if (line.startsWith("# ")) lines.push(PAINT.bold(line.slice(2)));
    else if (line.startsWith("## ")) lines.push(PAINT.bold(line.slice(3)));
    else lines.push(...wrap(hasColors ? line.replace(/`([^`]+)`/g, (_, code: string) => PAINT.bold(code)) : line));
  }
  return lines.join("\n");
}

const WIDTH = 96;

function wrap(line: string): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && current.length + word.length >= WIDTH) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current];
}
