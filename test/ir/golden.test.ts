/**
 * Golden files of passes: `test/files/passes/<pass>/*.ir` holds a module, a line `//== after`, and the module that the pass must make of it.
 * BLESS=1 writes the second part anew: read the diff as a change of behaviour.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Module } from "../../ir/module.ts";
import { parse } from "../../ir/parse.ts";
import { PASSES, type PassName } from "../../ir/passes/index.ts";
import { print } from "../../ir/print.ts";
import { formatErrors, validate } from "../../ir/validate.ts";

const FOLDER = join(import.meta.dirname, "../files/passes");
const SEPARATOR = "//== after\n";

function read(text: string): Module {
  const result = parse(text);
  if (!result.ok) throw new Error(result.errors.map((e) => `${e.line}:${e.column}: ${e.message}`).join("\n"));
  expect(formatErrors(result.module, validate(result.module))).toBe("");
  return result.module;
}

for (const name of Object.keys(PASSES) as PassName[]) {
  describe(name, () => {
    const files = readdirSync(join(FOLDER, name));
    test("has files", () => expect(files.length).toBeGreaterThan(0));
    test.each(files)("%s", (file) => {
      const path = join(FOLDER, name, file);
      const [before = "", after = ""] = readFileSync(path, "utf8").split(SEPARATOR);
      const m = read(before);
      expect(PASSES[name].name).toBe(name);
      const changed = PASSES[name].run(m);
      const text = print(m);
      expect(formatErrors(m, validate(m))).toBe("");
      if (process.env.BLESS) writeFileSync(path, `${before}${SEPARATOR}${text}`);
      else expect(text).toBe(after);
      // the pass says whether it changed anything, and what it made is text that reads back
      expect(changed).toBe(text !== print(read(before)));
      expect(print(read(text))).toBe(text);
    });
  });
}
