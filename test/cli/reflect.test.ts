/** The verbs `reflect` and `explain`: what they print, and how they say no. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reflect } from "../../webgpu/shader.ts";
import { Folder } from "./harness.ts";

const SOURCE = `override n = 4u;
struct Params { scale: f32, items: array<vec2f, 3> }
@group(0) @binding(0) var<storage, read_write> params: Params;
@group(0) @binding(1) var<uniform> other: vec4f;
@compute @workgroup_size(8, n) fn main() { params.scale = 1; }
@compute @workgroup_size(1) fn second() { _ = other; }
`;
const folder = new Folder({ "a.wgsl": SOURCE, "wrong.wgsl": "fn f() { x(); }", "none.wgsl": "fn f() {}" });

describe("reflect", () => {
  test("prints what reflect() returns", () => {
    const { code, out, err } = folder.run("reflect", "./a.wgsl");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual(reflect(SOURCE));
    expect(JSON.parse(out)).toMatchObject({ version: 1, entryPoints: [{ name: "main", workgroupSize: [8, null, 1] }, { name: "second" }] });
  });

  test("of one entry point", () => {
    const { entryPoints, resources, overrides, structs } = JSON.parse(folder.run("reflect", "./a.wgsl", "--entry-point", "second").out);
    expect(entryPoints.map((e: { name: string }) => e.name)).toEqual(["second"]);
    expect(resources.map((r: { name: string }) => r.name)).toEqual(["other"]);
    expect([overrides, structs.length]).toEqual([[], 1]);
  });

  test("says what is wrong on stderr: stdout is JSON or nothing", () => {
    const { code, out, err } = folder.run("reflect", "./wrong.wgsl");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("error[W0200]");
    expect(folder.run("reflect", "./a.wgsl", "--entry-point", "mian").err).toContain("did you mean 'main'?");
    expect(folder.run("reflect", "./a.wgsl", "--entry-point", "x").err).toContain("there are 'main', 'second'");
    expect(folder.run("reflect", "./none.wgsl", "--entry-point", "x")).toMatchObject({ code: 2, out: "" });
    expect(folder.run("reflect", "./missing.wgsl").code).toBe(2);
  });

  test("its page names every field", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/reflection.md"), "utf8");
    const fields = new Set<string>();
    JSON.stringify(reflect(SOURCE), (key, value) => {
      if (key !== "" && !/^\d+$/.test(key)) fields.add(key);
      return value;
    });
    for (const field of fields) expect([field, page.includes(field)]).toEqual([field, true]);
  });
});

describe("explain", () => {
  test("prints the page of a code, in any case", () => {
    const { code, out } = folder.run("explain", "w0291");
    expect(code).toBe(0);
    expect(out).toMatch(/^W0291: an assignment needs memory that can be written\n\n.*\nWrong\n\n {4}fn f\(\) \{\n.*\nRight\n\n/s);
    expect(out).toContain("https://www.w3.org/TR/WGSL/#assignment");
    expect(out).not.toContain("```");
    for (const line of folder.run("explain", "W0150").out.split("\n")) expect(line.length).toBeLessThan(140);
  });
  test("says how an example was checked", () => expect(folder.run("explain", "W0322").out).toContain("// with --limits core"));
  test("lists all", () => {
    const { code, out } = folder.run("explain");
    expect(code).toBe(0);
    expect(out.split("\n").length).toBeGreaterThan(160);
    for (const start of ["T06: ", "V19: ", "W0412"]) expect(out.includes(`\n${start}`)).toBe(start !== "W0412");
  });
  test.each([
    ["W0219x", "W0219"],
    ["W0412", "W0112"],
    ["V99", "V09"],
    ["0291", ""],
    ["toString", ""],
    ["", ""],
    ["../../package", ""],
  ])("%j: no such code", (code, near) => {
    const ran = folder.run("explain", "W0291", code);
    expect(ran).toMatchObject({ code: 2, out: "" });
    expect(ran.err).toContain(near === "" ? "there is no code" : `did you mean '${near}'?`);
  });
});
