/** docs/verifier.md is what the rules print. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifierPage } from "../../scripts/gen-verifier.ts";

test("docs/verifier.md is current (npx tsx scripts/gen-verifier.ts)", () => {
  expect(readFileSync(join(import.meta.dirname, "../../docs/verifier.md"), "utf8")).toBe(verifierPage());
});
