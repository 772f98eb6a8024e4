import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseDirectives } from "../cli/directives.ts";
import { makeSections } from "./golden.ts";

const FILES = join(import.meta.dirname, "files");

for (const folder of ["wgsl", "run"]) {
  describe(folder, () => {
    const names = readdirSync(join(FILES, folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".wgsl"));
    test("has files", () => expect(names.length).toBeGreaterThan(0));
    test.each(names)("%s", (name) => {
      const source = readFileSync(join(FILES, folder, name), "utf8");
      const made = makeSections(source);
      expect(made.size, "sections named by a 'test' directive").toBeGreaterThan(0);
      expect(Object.fromEntries(made)).toEqual(Object.fromEntries(parseDirectives(source).expected));
    });
  });
}
