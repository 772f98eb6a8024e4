/**
 * Every code of the WGSL front end has two files in `test/files/wgsl/rules`: `Wnnnn.wgsl`, where the line that is wrong says `//~ Wnnnn` and
 * nothing else is, and `Wnnnn.ok.wgsl`, the nearest shader that is right. `test/golden.test.ts` compares the messages.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CODES } from "../../frontend/wgsl/codes.ts";
import { checkText } from "./check-helpers.ts";

const RULES = join(import.meta.dirname, "../files/wgsl/rules");

/** Codes that no shader alone can give: of tools and pipelines (W00, W032x), and W0151, which takes hundreds of megabytes. */
const isElsewhere = (code: string) => code.startsWith("W00") || code.startsWith("W032") || code === "W0151";

/** What the lines themselves say: `line code`. */
function annotations(source: string): string[] {
  return source
    .split("\n")
    .flatMap((line, i) => (line.includes("//~ ") ? [`${i + 1} ${line.slice(line.indexOf("//~ ") + 4).trim()}`] : []));
}
/** The shader, without the sections that are printed for people. */
const shaderOf = (source: string) => source.slice(0, source.indexOf("\n//! =="));

describe.each(Object.keys(CODES).filter((code) => !isElsewhere(code)))("%s", (code) => {
  const read = (name: string): string => {
    const path = join(RULES, name);
    expect(existsSync(path), `test/files/wgsl/rules/${name}`).toBe(true);
    return shaderOf(readFileSync(path, "utf8"));
  };
  test("its file is wrong where it says so, and nowhere else", () => {
    const source = read(`${code}.wgsl`);
    const found = checkText(source).errors.map((error) => error.replace(/:\d+/, ""));
    expect(annotations(source)).toEqual([expect.stringContaining(code)]);
    expect(found).toEqual(annotations(source));
  });
  test("the nearest shader that is right is accepted", () => {
    expect(checkText(read(`${code}.ok.wgsl`)).messages).toEqual([]);
  });
});
