import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Module } from "../../ir/module.ts";
import { parse } from "../../ir/parse.ts";
import { formatErrors, validate } from "../../ir/validate.ts";
import { NONE } from "../../support/id.ts";

const FOLDER = join(import.meta.dirname, "../files/ir/validate");

/** Every line with a `//~ message` marker must be reported with that message (its beginning), and nothing else. */
describe("validator", () => {
  const files = readdirSync(FOLDER);
  test("there are files", () => expect(files.length).toBeGreaterThan(2));
  test.each(files)("%s", (file) => {
    const text = readFileSync(join(FOLDER, file), "utf8");
    const result = parse(text);
    if (!result.ok) throw new Error(JSON.stringify(result.errors));
    const wanted = text.split("\n").flatMap((line, i) => {
      const at = line.indexOf("//~ ");
      return at < 0 ? [] : [`${i + 1}: ${line.slice(at + 4)}`];
    });
    const found = validate(result.module).map((e) => {
      const line = e.value !== NONE ? result.lineOf(e.value) : result.lineOfBlock(e.block);
      const whole = `${line}: ${e.message}`;
      return wanted.find((w) => whole.startsWith(w)) ?? whole;
    });
    expect([...new Set(found)].sort()).toEqual(wanted.sort());
  });

  test("an error is shown with its printed line", () => {
    const result = parse("fn @f() -> u32 {\nblock b0:\n  ReturnValue f32 1\n}");
    if (!result.ok) throw new Error("does not parse");
    expect(formatErrors(result.module, validate(result.module))).toBe(
      "3: ReturnValue f32 1\n    ReturnValue: f32 from a function that returns u32\n",
    );
  });

  test("raw columns of nonsense are reported, not thrown", () => {
    const m = new Module();
    const f = m.addFunction("f", m.types.u32, []);
    const b = m.createBlock();
    m.appendBlock(f, b);
    m.append(b, "IAdd", m.types.u32, [-5, 12345]);
    m.append(b, "IAdd", m.types.u32, [m.u32(1)]);
    m.append(b, "Branch", m.types.void, [77]);
    m.setMerge(b, 1000 as never, 2000 as never);
    expect(validate(m).map((e) => e.message)).toEqual([
      "operand 0 is no value of this function",
      "1 operands for IAdd",
      "operand 0 is no block of this function",
    ]);
    expect(formatErrors(m, validate(m))).toContain("IAdd u32 %?-5");
  });
});
