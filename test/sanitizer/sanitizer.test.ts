/** What the sanitizer says of shaders that do something odd, and that it says nothing of those that do not. */
import { describe, expect, test } from "vitest";
import { placeOf } from "../../sandbox/isa/place.ts";
import { readObject } from "../../sandbox/isa/write-object.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { type Finding, Sanitizer } from "../../sandbox/machine/sanitizer.ts";
import { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { compile } from "../../webgpu/shader.ts";
import { place } from "../sandbox/harness.ts";

const BUFFERS = `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<atomic<u32>, 4>;
var<workgroup> shared_words: array<u32, 16>;
@group(0) @binding(2) var<storage, read_write> floats: array<f32>;
`;
const main = (body: string, size = 8) => {
  const parameters = "@builtin(local_invocation_index) i: u32, @builtin(workgroup_id) group: vec3u";
  return `${BUFFERS}@compute @workgroup_size(${size}) fn main(${parameters}) {\n${body}\n}`;
};

interface Said {
  readonly finding: Finding;
  /** what stands on the line of the shader */
  readonly text: string;
}

function sanitize(source: string, words: readonly number[] = [1, 2, 3, 4, 0, 6, 7, 8], groups = 1): Said[] {
  const { object, diagnostics } = compile(source, { entryPoint: "main", level: 0 });
  if (object === null) throw new Error(diagnostics.map((d) => d.message).join("\n"));
  const verdict = verify(object);
  const read = readObject(object);
  if (!verdict.ok || !read.ok) throw new Error("rejected");
  const program = Token.program(verdict.token);
  const slots = Object.fromEntries(program.slots.map((_, i) => [i, words]));
  const { launch } = place(verdict.token, { slots, grid: [groups, 1, 1] });
  const sanitizer = new Sanitizer();
  runReference(verdict.token, launch, { hooks: sanitizer.start(program, launch) });
  const lines = source.split("\n");
  return sanitizer.findings.map((finding) => {
    const fn = program.functions.findIndex((f) => finding.pc >= f.first && finding.pc < f.first + f.count);
    const at = placeOf(read.parts, fn, finding.pc);
    return { finding, text: at === null ? "" : lines[at.line - 1]!.trim() };
  });
}
const kinds = (said: readonly Said[]) => said.map(({ finding }) => finding.kind);

describe("says nothing of", () => {
  const fine: Readonly<Record<string, string>> = {
    "a word per invocation": "  data[i] = data[i] / 3u + 1u;",
    "atomics on one place": "  atomicAdd(&sums[0], i); atomicMax(&sums[0], 3u);",
    "an exchange with a barrier between": "  shared_words[i] = i;\n  workgroupBarrier();\n  data[i] = shared_words[7u - i];",
    "a loop that waits before it writes again":
      "  for (var k = 0u; k < 3u; k++) {\n    shared_words[i] = i * k;\n    workgroupBarrier();\n    data[i] += shared_words[(i + 1u) % 8u];\n    workgroupBarrier();\n  }",
    "a value that all read": "  if (i == 0u) { shared_words[0] = 5u; }\n  data[i] = workgroupUniformLoad(&shared_words[0]);",
    "conversions of what fits": "  data[i] = u32(floats[i] + 0.5) + u32(i32(-1.5));",
    "reads by all of what nobody writes": "  var sum = 0u;\n  for (var k = 0u; k < 4u; k++) { sum += data[k]; }\n  floats[i] = f32(sum);",
  };
  test.each(Object.entries(fine))("%s", (_, body) => expect(sanitize(main(body))).toEqual([]));

  test("workgroups that stay apart", () => {
    expect(sanitize(main("  data[group.x * 4u + i] = i;", 4), undefined, 2)).toEqual([]);
  });
});

describe("out of bounds", () => {
  test("a write past the end of a buffer, by which invocation, and where", () => {
    const said = sanitize(main("  data[i + 4u] = i;"));
    expect(said).toMatchObject([
      { text: "data[i + 4u] = i;", finding: { kind: "out of bounds", invocation: 4, offset: 32, width: 4, size: 32 } },
    ]);
    expect(said[0]!.finding.count).toBe(4);
  });
  test("a read before the start, as a great index", () => {
    expect(kinds(sanitize(main("  floats[i] = f32(data[i - 1u]);")))).toEqual(["out of bounds"]);
  });
  test("an index past a fixed array", () => {
    const said = sanitize(main("  var own = array<u32, 4>(1u, 2u, 3u, 4u);\n  data[i] = own[data[i]];"));
    expect(said).toMatchObject([{ text: "data[i] = own[data[i]];", finding: { kind: "out of bounds" } }]);
  });
  test("an atomic", () => {
    expect(kinds(sanitize(main("  atomicAdd(&sums[data[i]], 1u);")))).toEqual(["out of bounds"]);
  });
});

describe("races", () => {
  test("two write one word", () => {
    const said = sanitize(main("  data[i / 2u] = i;"));
    expect(said).toMatchObject([{ finding: { kind: "race", invocation: 1, otherInvocation: 0, otherWorkgroup: 0, offset: 0 } }]);
  });
  test("one reads what another writes", () => {
    expect(kinds(sanitize(main("  data[i] = data[(i + 1u) % 8u];")))).toEqual(["race"]);
  });
  test("a barrier that is missing", () => {
    const said = sanitize(main("  shared_words[i] = i;\n  data[i] = shared_words[i ^ 4u];"));
    expect(kinds(said)).toContain("race");
  });
  test("a barrier for the other memory", () => {
    const body = (barrier: string) => `  shared_words[i] = i;\n  ${barrier}();\n  data[i] = shared_words[7u - i];`;
    expect(kinds(sanitize(main(body("workgroupBarrier"))))).toEqual([]);
    expect(kinds(sanitize(main(body("storageBarrier"))))).toContain("race");
  });
  test("workgroups, which no barrier orders", () => {
    const said = sanitize(main("  storageBarrier();\n  if (i == 0u) { data[0] = group.x; }"), undefined, 2);
    expect(said).toMatchObject([{ finding: { kind: "race", workgroup: 1, otherWorkgroup: 0 } }]);
  });
});

test("workgroup memory that nobody has written", () => {
  const said = sanitize(main("  shared_words[i] = i;\n  workgroupBarrier();\n  data[i] = shared_words[i + 8u];"));
  expect(said).toMatchObject([{ text: "data[i] = shared_words[i + 8u];", finding: { kind: "uninitialised read", offset: 32 } }]);
});

describe("arithmetic", () => {
  test("division by zero", () => {
    const said = sanitize(main("  data[i] = 100u / data[i];"));
    expect(said).toMatchObject([
      { text: "data[i] = 100u / data[i];", finding: { kind: "division by zero", invocation: 4, value: 100, count: 1 } },
    ]);
    expect(kinds(sanitize(main("  data[i] = u32(-7 % i32(data[i]));")))).toEqual(["division by zero"]);
  });
  test("the one quotient that does not fit", () => {
    expect(kinds(sanitize(main("  floats[i] = f32(i32(data[i] << 31u) / -i32(data[0]));")))).toEqual(["division overflow"]);
  });
  test("floats that no integer holds", () => {
    expect(kinds(sanitize(main("  data[i] = u32(f32(data[i]) * 1e9);")))).toEqual(["conversion"]);
    expect(kinds(sanitize(main("  data[i] = u32(f32(data[i]) - 3.5);")))).toEqual(["conversion"]);
    expect(kinds(sanitize(main("  data[i] = u32(i32(f32(data[i]) * -1e9));")))).toEqual(["conversion"]);
    expect(kinds(sanitize(main("  data[i] = u32(i32(f32(data[i]) * 1e9));")))).toEqual(["conversion"]);
  });
});
