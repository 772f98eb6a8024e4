/** docs/isa.md is what the tables print. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ISA } from "../../sandbox/isa/table.ts";
import { isaPage } from "../../scripts/gen.ts";

const page = () => readFileSync(join(import.meta.dirname, "../../docs/isa.md"), "utf8");

test("docs/isa.md is current (npm run gen)", () => {
  expect(page()).toBe(isaPage());
});

test("it names every instruction and draws words, modes, objects and text", () => {
  for (const m of Object.keys(ISA)) expect(page()).toContain(`\`${m}`);
  expect(page().split("```text").length).toBe(5);
});
