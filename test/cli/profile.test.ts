/** `run --profile` and `--profile-out`: the table's numbers, and that the flame graph is what speedscope's schema asks. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { main } from "../../cli/main.ts";

let root = "";
const at = (name: string) => join(root, name);
const SHADER = `@group(0) @binding(0) var<storage, read_write> v: array<f32>;
fn heavy(x: f32) -> f32 {
  return sin(x) * cos(x) * exp2(x);
}
@compute @workgroup_size(8) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x % 2u == 0u) {
    v[id.x] = heavy(v[id.x]);
  }
}
`;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "portcullis-profile-"));
  writeFileSync(at("a.wgsl"), SHADER);
  writeFileSync(
    at("endless.wgsl"),
    "@group(0) @binding(0) var<storage, read_write> v: array<u32>;\n@compute @workgroup_size(1) fn main() {\n  loop { v[0] += 2u; if (v[0] == 1u) { break; } }\n}\n",
  );
});
afterAll(() => rmSync(root, { recursive: true }));

function run(...args: string[]): { code: number; out: string; err: string } {
  const texts = { out: "", err: "" };
  const write = (to: "out" | "err") => (text: unknown) => {
    texts[to] += text;
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation(write("out")),
    vi.spyOn(process.stderr, "write").mockImplementation(write("err")),
  ];
  try {
    const code = main(["run", ...args]);
    if (typeof code !== "number") throw new Error("it goes on");
    return { code, out: stripVTControlCharacters(texts.out), err: stripVTControlCharacters(texts.err) };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
const BIND = ["--bind", "0.0=f32:1,2,3,4,5,6,7,8", "--dispatch", "1"];

/** Rows of the table: cells of numbers, and the source line. */
function rowsOf(out: string): { line: number; cells: string[]; text: string }[] {
  const lines = out.split("\n");
  const first = lines.findIndex((line) => line.includes("cost  ")) + 1;
  const rows: { line: number; cells: string[]; text: string }[] = [];
  for (const line of lines.slice(first, lines.indexOf("", first))) {
    const cells = line.trim().split(/ {2,}/);
    rows.push({ line: Number(cells[8]), cells: cells.slice(0, 8), text: cells.slice(9).join("  ") });
  }
  return rows;
}

describe("--profile", () => {
  test("prints lines by cost beside the results", () => {
    const plain = run(at("a.wgsl"), ...BIND);
    const { code, out } = run(at("a.wgsl"), ...BIND, "--profile");
    expect(code).toBe(0);
    expect(out.startsWith(plain.out)).toBe(true);
    const rows = rowsOf(out);
    const costs = rows.map((row) => Number(row.cells[1]));
    expect(costs.length).toBeGreaterThan(2);
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
    // the line of the transcendental functions costs most, with half of the lanes; the branch parts both waves
    expect(rows[0]).toMatchObject({ line: 3, text: "return sin(x) * cos(x) * exp2(x);" });
    expect(rows[0]!.cells[3]).toBe("2.00/4");
    const total = Number(/^cycles +(\d+),/m.exec(out)![1]);
    expect(costs.reduce((sum, n) => sum + n, 0)).toBe(total);
    expect(rows.reduce((sum, row) => sum + (Number(row.cells[4]) || 0), 0)).toBe(Number(/(\d+) times a wave's lanes parted/.exec(out)![1]));
    const [made, elided] = [6, 7].map((i) => rows.reduce((sum, row) => sum + (Number(row.cells[i]) || 0), 0));
    expect(out).toMatch(new RegExp(`^checks +${made} made, ${elided} elided \\(`, "m"));
    expect(made! + elided!).toBe(8);
  });

  test("a dispatch that is stopped shows where it was", () => {
    const { code, out } = run(at("endless.wgsl"), "--bind", "0.0=u32:0", "--dispatch", "1", "--fuel", "10000", "--profile");
    expect(code).toBe(1);
    expect(out).toMatch(/^trap\[T06\]/);
    expect(rowsOf(out)[0]!.line).toBe(3);
  });

  test("of an object, lines are numbers", () => {
    const object = at("a.pco");
    const spy = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    main(["compile", at("a.wgsl"), "-o", object]);
    spy.mockRestore();
    expect(rowsOf(run(object, ...BIND, "--profile").out)[0]).toMatchObject({ line: 3, text: "" });
  });

  test("not with --sanitize", () => {
    expect(run(at("a.wgsl"), ...BIND, "--profile", "--sanitize")).toMatchObject({ code: 2, err: expect.stringContaining("one of them") });
  });
});

/** What https://www.speedscope.app/file-format-schema.json asks of a file with sampled profiles. */
function schemaErrors(file: unknown): string[] {
  const errors: string[] = [];
  const isObject = (x: unknown): x is Record<string, unknown> => typeof x === "object" && x !== null && !Array.isArray(x);
  if (!isObject(file)) return ["no object"];
  if (file.$schema !== "https://www.speedscope.app/file-format-schema.json") errors.push("$schema");
  for (const key of ["name", "exporter"]) if (file[key] !== undefined && typeof file[key] !== "string") errors.push(key);
  if (file.activeProfileIndex !== undefined && typeof file.activeProfileIndex !== "number") errors.push("activeProfileIndex");
  const frames = isObject(file.shared) ? file.shared.frames : undefined;
  if (!Array.isArray(frames)) return [...errors, "shared.frames"];
  for (const frame of frames) {
    if (!isObject(frame) || typeof frame.name !== "string") errors.push("a frame without a name");
    else {
      if (frame.file !== undefined && typeof frame.file !== "string") errors.push("frame.file");
      for (const key of ["line", "col"]) if (frame[key] !== undefined && typeof frame[key] !== "number") errors.push(`frame.${key}`);
    }
  }
  if (!Array.isArray(file.profiles)) return [...errors, "profiles"];
  const units = ["none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"];
  for (const p of file.profiles) {
    if (!isObject(p) || p.type !== "sampled" || typeof p.name !== "string" || !units.includes(p.unit as string)) errors.push("profile");
    else {
      if (typeof p.startValue !== "number" || typeof p.endValue !== "number") errors.push("startValue, endValue");
      const { samples, weights } = p;
      if (!Array.isArray(samples) || !Array.isArray(weights) || samples.length !== weights.length)
        errors.push("as many weights as samples");
      else {
        const isFrame = (n: unknown) => Number.isInteger(n) && (n as number) >= 0 && (n as number) < frames.length;
        if (!samples.every((stack) => Array.isArray(stack) && stack.every(isFrame))) errors.push("samples");
        if (!weights.every((w) => typeof w === "number")) errors.push("weights");
      }
    }
  }
  return errors;
}

describe("--profile-out", () => {
  test("writes a flame graph that speedscope's schema accepts", () => {
    const { code, out } = run(at("a.wgsl"), ...BIND, "--profile-out", at("flame.json"));
    expect(code).toBe(0);
    expect(out).not.toContain("cycles");
    const file = JSON.parse(readFileSync(at("flame.json"), "utf8"));
    expect(schemaErrors(file)).toEqual([]);
    const [profile] = file.profiles;
    expect(profile.weights.reduce((a: number, b: number) => a + b, 0)).toBe(profile.endValue);
    const stacks = profile.samples.map((stack: number[]) => stack.map((n) => file.shared.frames[n].name));
    expect(stacks).toContainEqual(["main", "heavy (inlined)", "3: return sin(x) * cos(x) * exp2(x);"]);
    expect(stacks).toContainEqual(["main", "6: if (id.x % 2u == 0u) {"]);
  });
  test("the schema's check sees what is wrong", () => {
    expect(schemaErrors({ shared: { frames: [{}] }, profiles: [{ type: "sampled" }] })).toEqual([
      "$schema",
      "a frame without a name",
      "profile",
    ]);
  });
});
