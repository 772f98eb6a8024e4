/**
 * `test/files/backend/*.ir`: IR, then the machine code expected of it. Lines `//! bind NAME words ...` and `//! dispatch x y z` say
 * what it runs on, on the reference machine and by the oracle. BLESS=1 rewrites what is expected.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { check, parseIr } from "./harness.ts";

const FOLDER = new URL("../files/backend/", import.meta.url);
const SECTION = "//! == isa ==";

interface Golden {
  readonly ir: string;
  readonly isa: string;
  readonly buffers: ReadonlyMap<string, Uint8Array>;
  readonly grid: readonly [number, number, number];
}

function read(text: string): Golden {
  const at = text.indexOf(SECTION);
  const ir = at < 0 ? text : text.slice(0, at);
  const buffers = new Map<string, Uint8Array>();
  let grid: [number, number, number] = [1, 1, 1];
  for (const line of ir.split("\n")) {
    const [mark, what, ...rest] = line.trim().split(/\s+/);
    if (mark !== "//!") continue;
    if (what === "dispatch") grid = rest.map(Number) as [number, number, number];
    if (what === "bind") buffers.set(rest[0]!, new Uint8Array(words(rest.slice(1)).buffer));
  }
  const isa = at < 0 ? "" : text.slice(at + SECTION.length + 1);
  return { ir, isa, buffers, grid };
}
/** Numbers; `n*x` is n times x, `a..b` counts. */
function words(list: readonly string[]): Uint32Array {
  const out: number[] = [];
  for (const item of list) {
    const times = /^(\d+)\*(\S+)$/.exec(item);
    const range = /^(\d+)\.\.(\d+)$/.exec(item);
    if (times) for (let i = 0; i < Number(times[1]); i++) out.push(Number(times[2]));
    else if (range) for (let i = Number(range[1]); i <= Number(range[2]); i++) out.push(i);
    else out.push(Number(item));
  }
  return Uint32Array.from(out);
}

describe("backend files", () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".ir"));
  test("there are some", () => expect(names.length).toBeGreaterThan(10));
  test.each(names)("%s", (name) => {
    const file = new URL(name, FOLDER);
    const text = readFileSync(file, "utf8");
    const golden = read(text);
    const outcome = check(() => parseIr(golden.ir), golden.buffers, golden.grid);
    expect(outcome.wrong, outcome.isa).toEqual([]);
    const commented = outcome.isa
      .trimEnd()
      .split("\n")
      .map((line) => `//! ${line}`)
      .join("\n");
    if (process.env.BLESS)
      writeFileSync(
        file,
        `${text.slice(0, text.includes(SECTION) ? text.indexOf(SECTION) : undefined).trimEnd()}\n\n${SECTION}\n${commented}\n`,
      );
    else expect(`${commented}\n`).toBe(golden.isa);
  });
});
