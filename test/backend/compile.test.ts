/** What `compile` promises besides the right code: limits, source places, and the same bytes for the same input. */
import { describe, expect, test } from "vitest";
import { compile } from "../../backend/index.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { Ice, Limit } from "../../support/failure.ts";
import { check, parseIr } from "./harness.ts";

const HEAD = `var @o: ptr<StorageBuffer, array<u32, stride 4>> group 0 binding 0 writable
var @f: ptr<Uniform, array<vec4<u32>, 64, stride 16>> group 0 binding 1
var @li: ptr<Input, u32> builtin local_invocation_index
`;
const program = (blocks: string, size = 8) => `${HEAD}entry compute @main workgroup_size(${size}, 1, 1)
fn @main() -> void {
${blocks}
}
`;

/** `depth` selections in each other, each adding to %x. */
function nested(depth: number): string {
  let text = "block b0:\n  %i = Load u32 @li\n  Branch h0\n";
  for (let d = 0; d < depth; d++) {
    text += `block h${d} (selection merge m${d}):\n  %c${d} = UGreaterThan bool %i, u32 ${d}\n  BranchConditional %c${d}, h${d + 1}, m${d}\n`;
  }
  text += `block h${depth}:\n  %at = ShiftLeftLogical u32 %i, u32 2\n  SpanStore @o, %at, u32 1, 0, 0\n  Branch m${depth - 1}\n`;
  for (let d = depth - 1; d >= 0; d--) text += `block m${d}:\n  ${d === 0 ? "Return" : `Branch m${d - 1}`}\n`;
  return program(text);
}

/** `count` uniform words that live at the same time. */
function uniforms(count: number): string {
  let text = "block b0:\n  %i = Load u32 @li\n";
  for (let k = 0; k < count; k++) text += `  %u${k} = SpanLoad u32 @f, u32 ${4 * k}, 0, 1024\n`;
  text += "  %s0 = BitwiseXor u32 %u0, u32 1\n";
  for (let k = 1; k < count; k++) text += `  %s${k} = IMul u32 %s${k - 1}, %u${count - k}\n`;
  return program(`${text}  %at = ShiftLeftLogical u32 %i, u32 2\n  SpanStore @o, %at, %s${count - 1}, 0, 0\n  Return`);
}

const buffers = () =>
  new Map([
    ["o", new Uint8Array(64)],
    ["f", new Uint8Array(Uint32Array.from({ length: 256 }, (_, i) => 2 * i + 1).buffer)],
  ]);

describe("compile", () => {
  test("nesting up to the machine's limit compiles; past it is a Limit", () => {
    const { object } = compile(parseIr(nested(255)));
    expect(verify(object).ok).toBe(true);
    expect(() => compile(parseIr(nested(256)))).toThrow(Limit);
    expect(() => compile(parseIr(nested(3000)))).toThrow(Limit);
  });

  test("more uniform values than g registers go to w registers, and from there to memory", () => {
    const { parts } = compile(parseIr(uniforms(60)));
    expect(parts.gRegisters).toBeGreaterThan(58);
    expect(parts.scratchBytes).toBe(0);
    const outcome = check(() => parseIr(uniforms(200)), buffers());
    expect(outcome.wrong).toEqual([]);
    expect(outcome.isa).toContain("scratch");
  });

  test("private memory over the machine's limit is a Limit", () => {
    const text = `var @p: ptr<Private, array<u32, 20000, stride 4>> writable
${program("block b0:\n  %i = Load u32 @li\n  SpanStore @p, %i, u32 1, 0, 80000\n  %x = SpanLoad u32 @p, %i, 0, 80000\n  SpanStore @o, %i, %x, 0, 0\n  Return")}`;
    expect(() => compile(parseIr(text))).toThrow(Limit);
  });

  test("what is not in backend form is an Ice", () => {
    const chain = program(
      "block b0:\n  %i = Load u32 @li\n  %p = AccessChain ptr<StorageBuffer, u32> @o, %i\n  Store %p, u32 1\n  %x = Load u32 %p\n  SpanStore @o, %i, %x, 0, 0\n  Return",
    );
    expect(() => compile(parseIr(chain))).toThrow(Ice);
  });

  test("the same module gives the same bytes", () => {
    expect(compile(parseIr(uniforms(70))).object).toEqual(compile(parseIr(uniforms(70))).object);
  });

  test("words know their place in the source", () => {
    const text = program(
      "block b0:\n  %i = Load u32 @li !5\n  %x = IMul u32 %i, u32 3 !11\n  SpanStore @o, %x, %x, 0, 0 !27\n  Return !40",
    );
    const { parts } = compile(parseIr(text), { debug: { source: "text", lineOf: (offset) => ({ line: offset, column: 1 }) } });
    expect(parts.debug?.source).toBe("text");
    expect(parts.debug?.functions).toEqual(["main"]);
    expect(parts.debug?.lines.length).toBe(parts.code.length);
    const lines = new Set(parts.debug?.lines.filter((_, i) => i % 2 === 0));
    for (const line of [11, 27]) expect(lines).toContain(line);
  });
});
