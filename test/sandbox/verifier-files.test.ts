/**
 * Per rule, files that break it and the nearest program that does not. `//~ Vnn` marks the faulty line (a directive where the fault is in
 * the tables); a line that ends in `-` after it, or in `//-`, is not in the accepted twin, and `//+` lines are in that only.
 */
import { expect, test } from "vitest";
import { assemble } from "../../sandbox/isa/assemble.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { RULES } from "../../sandbox/verifier/rules.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { ruleFiles, twin } from "../campaign/files.ts";

const files = ruleFiles();

/** Rules whose rejects cannot be written as text: verifier.test.ts has them. */
const IN_TYPESCRIPT = new Set(["V01", "V10"]);

function bytesOf(text: string): { bytes: Uint8Array; lines: readonly number[] } {
  const result = assemble(text, { debug: true });
  if (!result.ok) throw new Error(result.errors.map((e) => `line ${e.line}: ${e.message}`).join("\n"));
  return { bytes: encodeObject(result.parts), lines: result.parts.debug!.lines };
}

test("the folder is not empty", () => expect(files.length).toBeGreaterThan(150));

test.each(files)("$name", ({ name, text }) => {
  const marked = text.split("\n").findIndex((line) => line.includes("//~ V"));
  const id = /\/\/~ (V\d\d)/.exec(text)?.[1];
  expect(name.slice(0, 3)).toBe(id);
  const { bytes, lines } = bytesOf(text);
  const verdict = verify(bytes);
  expect(verdict.ok ? "accepted" : verdict.rule).toBe(id);
  if (verdict.ok) return;
  if (verdict.word >= 0) expect(lines[verdict.word * 2]).toBe(marked + 1);
  else expect(text.split("\n")[marked]?.trimStart()[0]).toBe(".");
  expect(twin(text)).not.toBe(text);
  expect(verify(bytesOf(twin(text)).bytes)).toHaveProperty("ok", true);
});

test("every rule that can reject has a file, and at least three", () => {
  for (const rule of RULES) {
    const count = files.filter(({ name }) => name.startsWith(rule.id)).length;
    if (rule.scope === "reserved" || IN_TYPESCRIPT.has(rule.id)) continue;
    expect(count, `files of ${rule.id}`).toBeGreaterThanOrEqual(2);
  }
  expect(RULES.map((r) => r.id)).toEqual(Array.from({ length: 32 }, (_, i) => `V${String(i + 1).padStart(2, "0")}`));
});
