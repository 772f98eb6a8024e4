/** docs/api.md is what the docstrings say, of all that the package exports. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { apiPage } from "../../scripts/gen-api.ts";
import * as index from "../../webgpu/index.ts";
import * as playwright from "../../webgpu/playwright.ts";
import * as shader from "../../webgpu/shader.ts";

test("docs/api.md is current (npm run gen)", () => {
  expect(readFileSync(join(import.meta.dirname, "../../docs/api.md"), "utf8")).toBe(apiPage());
});

test("it has everything that the entries export", () => {
  const page = apiPage();
  for (const name of [index, shader, playwright].flatMap((entry) => Object.keys(entry))) expect(page).toContain(`\n### ${name}\n`);
});
