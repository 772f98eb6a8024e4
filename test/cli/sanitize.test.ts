/** `portcullis run --sanitize`: what it says of a shader, and its exit code. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { main } from "../../cli/main.ts";

const folder = mkdtempSync(join(tmpdir(), "portcullis-sanitize-"));
afterEach(() => vi.restoreAllMocks());
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

function sanitize(source: string): { code: unknown; out: string } {
  const file = join(folder, "shader.wgsl");
  writeFileSync(file, source);
  let out = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  const code = main(["run", "--sanitize", file]);
  return { code, out: stripVTControlCharacters(out).replaceAll(file, "shader.wgsl") };
}

const shader = (statement: string) => `//! dispatch 1
//! bind 0.0 u32 1 2 3 4 0 6 7 8
@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(8)
fn main(@builtin(local_invocation_index) i: u32) {
  ${statement}
}
`;

test("a race: both places, and both invocations", () => {
  const { code, out } = sanitize(shader("data[i / 2u] = i;"));
  expect(code).toBe(1);
  expect(out).toContain("sanitizer[race]: two invocations access the same bytes, one of them writes, and no barrier lies between");
  expect(out).toContain(" --> shader.wgsl:6:3\n6 |   data[i / 2u] = i;\n");
  expect(out).toContain("note: invocation 1 of workgroup 0 was the first of 8 times");
  expect(out).toContain("note: 4 bytes at byte 0 of 'data', which has 32 bytes");
  expect(out).toContain("note: the other access is by invocation 0 of workgroup 0, at 6:3");
});

test("values", () => {
  expect(sanitize(shader("data[i] = 9u / data[i];")).out).toContain("note: the dividend is 9 (9 signed)");
  expect(sanitize(shader("data[i] = u32(f32(data[i]) * 1e9);")).out).toContain("note: the float is 6000000000");
  expect(sanitize(shader("data[i + 1u] = 5u;")).out).toContain("note: 4 bytes at byte 32 of 'data', which has 32 bytes");
});

test("nothing odd", () => {
  const { code, out } = sanitize(shader("data[i] = data[i] * 2u;"));
  expect(code).toBe(0);
  expect(out).toBe("0.0 u32 2 4 6 8 0 12 14 16\n");
});
