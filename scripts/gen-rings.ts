/** The table of docs/security.md that says how many lines each ring has. `npm run gen` writes it; test/tools/budget.test.ts compares. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const SANDBOX = join(ROOT, "sandbox");
const PAGE = join(ROOT, "docs/security.md");
const [START, END] = ["<!-- lines: npm run gen -->\n", "<!-- end of lines -->\n"];

/** Files of ring 0, from sandbox/. */
export const ringZero = (): string[] =>
  readFileSync(join(SANDBOX, "RING0"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

/** Lines that hold more than comments and blanks. Strings are skipped over, so that `//` in one starts no comment. */
export function codeLines(source: string): number {
  const bare = source.replace(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (token) => {
    return token.startsWith("/") ? token.replace(/[^\n]/g, "") : token;
  });
  return bare.split("\n").filter((line) => line.trim() !== "").length;
}

export interface Lines {
  readonly folder: string;
  /** of ring 0, and of the rest */
  readonly zero: number;
  readonly one: number;
}

/** By folder of sandbox/, and in all. */
export function ringLines(): readonly Lines[] {
  const zero = new Set(ringZero());
  const folders = readdirSync(SANDBOX, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rows = folders.map(({ name: folder }) => {
    const files = readdirSync(join(SANDBOX, folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const lines = (ring: boolean) =>
      files
        .filter((file) => zero.has(`${folder}/${file}`) === ring)
        .reduce((sum, file) => sum + codeLines(readFileSync(join(SANDBOX, folder, file), "utf8")), 0);
    return { folder, zero: lines(true), one: lines(false) };
  });
  const all = { folder: "all", zero: rows.reduce((n, r) => n + r.zero, 0), one: rows.reduce((n, r) => n + r.one, 0) };
  return [...rows.sort((a, b) => (a.folder < b.folder ? -1 : 1)), all];
}

/** The rows as they stand in the page. */
export function statedLines(): readonly Lines[] {
  const page = readFileSync(PAGE, "utf8");
  const table = page.slice(page.indexOf(START), page.indexOf(END));
  const number = (text: string) => Number(text.replaceAll(",", ""));
  return [...table.matchAll(/^\| (\w+) \| ([\d,]+) \| ([\d,]+) \|$/gm)].map(([, folder, zero, one]) => {
    return { folder: folder!, zero: number(zero!), one: number(one!) };
  });
}

export function writeRings(): void {
  const page = readFileSync(PAGE, "utf8");
  const rows = ringLines().map(({ folder, zero, one }) => `| ${folder} | ${zero.toLocaleString("en")} | ${one.toLocaleString("en")} |\n`);
  const table = `| sandbox/ | ring 0 | ring 1 |\n|---|---|---|\n${rows.join("")}`;
  const [start, end] = [page.indexOf(START) + START.length, page.indexOf(END)];
  if (end < start) throw new Error(`docs/security.md has no place for its table of lines: ${START.trim()} and ${END.trim()}`);
  writeFileSync(PAGE, page.slice(0, start) + table + page.slice(end));
}
