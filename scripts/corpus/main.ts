/**
 * `npm run corpus -- LIST DIR...`: accepts and rejects the WGSL sources of a list, and compares with the verdicts it states.
 * LIST is a table (`sources.ts` says of what), gzipped or not; each DIR has repositories as `owner+name` or `owner/name`.
 * Exit 0: agreement but for `known.txt`; 1: another disagreement; 2: usage. docs/conformance.md has the numbers.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { check } from "../../frontend/wgsl/check.ts";
import { parse } from "../../frontend/wgsl/parser.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { type Entry, findSources, parseList } from "./sources.ts";

interface Row {
  listed: number;
  absent: number;
  differs: number;
  valid: number;
  accepted: number;
  invalid: number;
  rejected: number;
}

/** Lines `start  why`: how a source's `repository:path` or our first message starts, two spaces, the reason. */
function readKnown(file: string): { prefix: string; why: string }[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines
    .filter((line) => line.includes("  ") && !line.startsWith("#"))
    .map((line) => ({ prefix: line.slice(0, line.indexOf("  ")), why: line.slice(line.indexOf("  ")).trim() }));
}

function verdict(text: string): { valid: boolean; message: string } {
  const list = new DiagnosticList();
  check(parse(text, list), list);
  const first = list.items.find((item) => item.severity === "error");
  return { valid: list.errorCount === 0, message: first ? `${first.code} ${first.message}` : "accepted" };
}

const nameOf = (entry: Entry) => `${entry.repository}:${entry.path}`;

function count(row: Row, entry: Entry, agrees: boolean): void {
  if (entry.valid) row.valid++;
  else row.invalid++;
  if (!agrees) return;
  if (entry.valid) row.accepted++;
  else row.rejected++;
}

function compare(list: string, roots: readonly string[]): boolean {
  const bytes = readFileSync(list);
  const entries = parseList((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString("utf8"));
  const known = readKnown(join(import.meta.dirname, "known.txt"));
  const table = new Map<string, Row>();
  const reasons = new Map<string, number>();
  let unlisted = 0;
  for (const { entry, found, text } of findSources(entries, roots)) {
    const row = table.get(entry.repository) ?? { listed: 0, absent: 0, differs: 0, valid: 0, accepted: 0, invalid: 0, rejected: 0 };
    table.set(entry.repository, row);
    row.listed++;
    if (found === "absent") row.absent++;
    if (found === "differs") row.differs++;
    if (found !== "found") continue;
    const ours = verdict(text);
    count(row, entry, ours.valid === entry.valid);
    if (ours.valid === entry.valid) continue;
    const why = known.find(({ prefix }) => nameOf(entry).startsWith(prefix) || ours.message.startsWith(prefix))?.why;
    if (why !== undefined) reasons.set(why, (reasons.get(why) ?? 0) + 1);
    else if (++unlisted <= 100) console.log(`${nameOf(entry)}: listed as ${entry.valid ? "valid" : "invalid"}, ours: ${ours.message}`);
  }
  print(table, reasons, unlisted);
  return unlisted === 0;
}

function print(table: ReadonlyMap<string, Row>, reasons: ReadonlyMap<string, number>, unlisted: number): void {
  const total: Row = { listed: 0, absent: 0, differs: 0, valid: 0, accepted: 0, invalid: 0, rejected: 0 };
  console.log("corpus                              listed  absent  other size      valid accepted    invalid rejected");
  const line = (name: string, r: Row) =>
    console.log(
      [name.padEnd(34), pad(r.listed, 8), pad(r.absent, 8), pad(r.differs, 12)].join("") +
        [pad(`${r.accepted}/${r.valid}`, 20), pad(`${r.rejected}/${r.invalid}`, 20)].join(""),
    );
  for (const [name, row] of [...table].sort()) {
    line(name, row);
    for (const key of Object.keys(total) as (keyof Row)[]) total[key] += row[key];
  }
  line("all", total);
  for (const [why, n] of reasons) console.log(`${n} known: ${why}`);
  console.log(`${unlisted} disagreements that are not known`);
}

const pad = (value: number | string, width: number): string => String(value).padStart(width);

const [list, ...roots] = process.argv.slice(2).map((word) => resolve(process.env.INIT_CWD ?? process.cwd(), word));
if (list === undefined || roots.length === 0) {
  console.error("npm run corpus -- LIST DIR...   (docs/conformance.md)");
  process.exitCode = 2;
} else {
  process.exitCode = compare(list, roots) ? 0 : 1;
}
