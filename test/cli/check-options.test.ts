/** `check`: what its options change. The formats are in check-formats.test.ts, scripts in check-scripts.test.ts. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { shardOf } from "../../cli/check/check.ts";
import { overLimits } from "../../cli/check/limits.ts";
import { featuresOf, limitsOf } from "../../cli/check/settings.ts";
import { LANGUAGE_FEATURES } from "../../frontend/wgsl/check.ts";
import { reflect } from "../../frontend/wgsl/reflect.ts";
import { defaultLimits } from "../../webgpu/limits.ts";
import { validate } from "../../webgpu/shader.ts";
import { valid } from "../frontend/check-helpers.ts";
import { Folder } from "./harness.ts";

const folder = new Folder({
  "half.wgsl": "enable f16;\nconst a = 1h;\n",
  "size.wgsl": `override size: u32;
var<workgroup> tile: array<f32, size>;
@compute @workgroup_size(size) fn main() { tile[0] = 1; }
@compute @workgroup_size(1) fn other() { tile[1] = 1; }
`,
  "big.wgsl": "@compute @workgroup_size(32, 32) fn main() {}\n",
});

/** `CODE line:column` of each finding. */
function found(...args: string[]): string[] {
  const { out } = folder.run("check", "--format", "json", ...args);
  const diagnostics: { code: string; line: number; column: number }[] = JSON.parse(out).files[0].diagnostics;
  return diagnostics.map((d) => `${d.code} ${d.line}:${d.column}`);
}

describe("--features", () => {
  test("extensions must be there", () => {
    expect(found("./half.wgsl")).toEqual([]);
    for (const list of ["f16", "shader-f16", "core,f16", "max", "none,f16"])
      expect([list, found("./half.wgsl", "--features", list)]).toEqual([list, []]);
    for (const list of ["core", "none", "max,-f16", "subgroups"]) expect(found("./half.wgsl", "--features", list)).toEqual(["W0251 1:8"]);
  });

  test("names and profiles", () => {
    expect([...featuresOf("shader-f16,-buffer_view").extensions]).toEqual(["f16"]);
    expect(featuresOf("core,-buffer-view").languageFeatures.size).toBe(LANGUAGE_FEATURES.length - 1);
    expect([...featuresOf("none,buffer_view").languageFeatures]).toEqual(["buffer_view"]);
    expect([...featuresOf("subgroup-size-control").extensions]).toEqual(["subgroups", "subgroup_size_control"]);
    expect(folder.run("check", "./half.wgsl", "--features", "sub_groups").err).toContain("did you mean 'subgroups'?");
    expect(folder.run("check", "./half.wgsl", "--features", "f16,core").err).toContain("the profile 'core' must come first");
    expect(folder.run("check", "./half.wgsl", "--features", "frob")).toMatchObject({ code: 2, out: "" });
  });

  const compute = (text: string) => `@compute @workgroup_size(1) fn main() { ${text} }`;
  const FEATURES: Readonly<Record<string, readonly string[]>> = {
    readonly_and_readwrite_storage_textures: [
      "@group(0) @binding(0) var t: texture_storage_2d<r32uint, read>;",
      "@group(0) @binding(0) var t: texture_storage_2d<r32uint, read_write>;",
      "alias t = texture_storage_1d<r32uint, read>;",
      compute("textureBarrier();"),
    ],
    packed_4x8_integer_dot_product: [
      "const a = dot4U8Packed(1, 2);",
      "const a = unpack4xI8(1);",
      "fn f(v: vec4u) -> u32 { return pack4xU8Clamp(v); }",
    ],
    unrestricted_pointer_parameters: [
      "var<workgroup> w: i32; fn f(p: ptr<workgroup, i32>) {}",
      "fn g(p: ptr<function, i32>) {} fn f() { var a: array<i32, 2>; g(&a[0]); }",
      "struct s { m: i32 } fn g(p: ptr<function, i32>) {} fn f() { var a: s; let p = &a; g(&(*p).m); }",
      "struct s { m: i32 } fn g(p: ptr<function, i32>) {} fn f() { var a: s; let p = &a.m; g(p); }",
    ],
    pointer_composite_access: [
      "struct s { m: i32 } fn f(p: ptr<function, s>) -> i32 { return p.m; }",
      "fn f(p: ptr<function, array<i32, 2>>) -> i32 { return p[1]; }",
      "fn f(p: ptr<function, vec2i>) -> i32 { return p.x; }",
    ],
    uniform_buffer_standard_layout: [
      "@group(0) @binding(0) var<uniform> u: array<f32, 4>;",
      "struct i { a: f32 } struct s { i: i, b: f32 } @group(0) @binding(0) var<uniform> u: s;",
      "struct i { a: f32 } struct s { b: f32, i: i } @group(0) @binding(0) var<uniform> u: s;",
      "struct i { a: array<vec2f, 2> } struct s { @size(64) i: i } @group(0) @binding(0) var<uniform> u: array<s, 2>;",
    ],
    subgroup_id: [
      "enable subgroups; @compute @workgroup_size(1) fn main(@builtin(subgroup_id) i: u32) {}",
      "enable subgroups; @compute @workgroup_size(1) fn main(@builtin(num_subgroups) i: u32) {}",
    ],
    texture_and_sampler_let: [
      "@group(0) @binding(0) var t: texture_2d<f32>; fn f() { let l = t; }",
      "@group(0) @binding(0) var t: sampler; fn f() { let l = t; }",
    ],
    texture_formats_tier1: [
      "@group(0) @binding(0) var t: texture_storage_2d<r8unorm, write>;",
      "alias t = texture_storage_2d<rgb10a2uint, write>;",
    ],
    linear_indexing: [
      "@compute @workgroup_size(1) fn main(@builtin(global_invocation_index) i: u32) {}",
      "struct s { @builtin(workgroup_index) i: u32 } @compute @workgroup_size(1) fn main(a: s) {}",
    ],
    immediate_address_space: ["var<immediate> i: u32;"],
    fragment_depth: ["@fragment fn main() -> @builtin(frag_depth, less) f32 { return 1; }"],
    buffer_view: ["@group(0) @binding(0) var<storage> b: buffer;", "@group(0) @binding(0) var<uniform> b: buffer<64>;"],
  };
  /** What is allowed with none of them. */
  const PLAIN = `
struct i { a: vec4f } struct s { i: i, @align(16) j: i, @align(16) b: f32, a: array<vec4f, 2> }
@group(0) @binding(0) var<uniform> u: s;
@group(0) @binding(1) var t: texture_storage_2d<rgba8unorm, write>;
var<private> p: array<i32, 2>;
fn g(p: ptr<function, i32>, q: ptr<private, array<i32, 2>>) -> i32 { let r = p; return *r + (*q)[0]; }
@fragment fn main(@builtin(position) at: vec4f) -> @builtin(frag_depth) f32 {
  var a = 1; let b = &a;
  textureStore(t, vec2u(), u.i.a);
  return f32(g(&a, &p) + g(b, &p) + g(&*b, &p));
}`;

  test("a language feature that is not there must not be used", () => {
    expect(Object.keys(FEATURES).sort()).toEqual(LANGUAGE_FEATURES.filter((name) => name !== "subgroup_uniformity").sort());
    const problems = (source: string, features: readonly string[]) =>
      validate(source, { features: ["f16", "subgroups", ...features] }).diagnostics.filter((d) => d.severity === "error");
    expect(problems(PLAIN, [])).toEqual([]);
    for (const [feature, sources] of Object.entries(FEATURES)) {
      const others = LANGUAGE_FEATURES.filter((name) => name !== feature);
      for (const source of sources) {
        expect([source, problems(source, LANGUAGE_FEATURES)]).toEqual([source, []]);
        const told = problems(source, others);
        expect([source, [...new Set(told.map((d) => d.code))]]).toEqual([source, ["W0212"]]);
        for (const d of told) expect(d.message).toContain(`needs the language feature '${feature}'`);
      }
    }
  });

  test("without subgroup_uniformity, subgroup functions must be called by the whole workgroup", () => {
    const source = `
enable subgroups;
@group(0) @binding(0) var<storage, read_write> b: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) i: u32, @builtin(subgroup_id) id: u32) {
  if id == 1 { b[i] = subgroupAdd(i); }
}`;
    expect(validate(source).diagnostics).toEqual([]);
    const others = LANGUAGE_FEATURES.filter((name) => name !== "subgroup_uniformity");
    const told = validate(source, { features: ["subgroups", ...others] }).diagnostics;
    expect(told.map((d) => [d.code, d.line])).toEqual([["W0332", 5]]);
    expect(told[0]!.message).toContain("of the workgroup");
  });

  test("'requires' asks for what is there", () => {
    for (const feature of LANGUAGE_FEATURES) {
      const source = `requires ${feature};`;
      expect(validate(source).diagnostics).toEqual([]);
      const others = LANGUAGE_FEATURES.filter((name) => name !== feature);
      expect(validate(source, { features: others }).diagnostics.map((d) => [d.code, d.column])).toEqual([["W0251", 10]]);
    }
  });

  test("validate stays total", () => {
    for (const options of [null, 1, { features: 5 }, { features: null }, { features: ["\0"] }])
      expect(Array.isArray(validate("fn f() {}", options as never).diagnostics)).toBe(true);
  });
});

describe("--entry-point and --override", () => {
  test("rules of pipeline creation", () => {
    expect(found("./size.wgsl")).toEqual([]);
    expect(found("./size.wgsl", "--entry-point", "main")).toEqual(["W0320 1:10"]);
    expect(found("./size.wgsl", "--entry-point", "main", "--override", "size=4")).toEqual([]);
    expect(found("./size.wgsl", "--entry-point", "main", "--override", "size=0")).toEqual(["W0321 3:26", "W0321 2:33"]);
    expect(found("./size.wgsl", "--entry-point", "other", "--override", "size=1")).toEqual(["W0321 4:47"]);
    expect(found("./size.wgsl", "--override", "size=1")).toEqual(["W0321 4:47"]);
    expect(found("./size.wgsl", "--entry-point", "main", "--override", "sise=4", "--override", "size=4")).toEqual(["W0320 3:35"]);
    expect(found("./size.wgsl", "--entry-point", "mian")).toEqual(["W0002 1:1"]);
    expect(folder.run("check", "./size.wgsl", "--override", "size")).toMatchObject({ code: 2 });
  });
});

describe("--limits", () => {
  test("profiles and files", () => {
    expect(found("./big.wgsl")).toEqual([]);
    expect(found("./big.wgsl", "--limits", "core")).toEqual(["W0322 1:37"]);
    folder.put("limits.json", '{"maxComputeInvocationsPerWorkgroup": 1024}');
    expect(found("./big.wgsl", "--limits", "./limits.json")).toEqual([]);
    expect(limitsOf("compat").maxComputeInvocationsPerWorkgroup).toBe(128);
    expect(limitsOf("max").maxBufferSize).toBeGreaterThan(limitsOf("core").maxBufferSize);
  });

  test.each([
    ['{"maxComputeWorkgroupSize": 1}', "is no limit; did you mean 'maxComputeWorkgroupSizeX'?"],
    ['{"maxBindGroups": "4"}', "must be a whole number"],
    ["[]", "must hold an object"],
    ["{", "is no JSON"],
  ])("a file with %s", (json, message) => {
    folder.put("bad.json", json);
    const { code, out, err } = folder.run("check", "./big.wgsl", "--limits", "./bad.json");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  });

  test("a profile that does not exist", () =>
    expect(folder.run("check", "./big.wgsl", "--limits", "comapt").err).toContain("did you mean 'compat'?"));

  const resources = (n: number, declare: (i: number) => string, use: (i: number) => string, stage = "@compute @workgroup_size(1)") => {
    const each = Array.from({ length: n }, (_, i) => i);
    return `${each.map((i) => `@group(0) @binding(${i}) var${declare(i)};`).join("\n")} ${stage} fn main() { ${each.map(use).join(" ")} }`;
  };
  const storage = (n: number, stage?: string) =>
    resources(
      n,
      (i) => `<storage> a${i}: u32`,
      (i) => `_ = a${i};`,
      stage,
    );
  const texture = (n: number) =>
    resources(
      n,
      (i) => ` a${i}: texture_2d<f32>`,
      (i) => `_ = textureDimensions(a${i});`,
    );
  const sampler = (n: number) =>
    resources(
      n,
      (i) => ` a${i}: sampler`,
      (i) => `_ = a${i};`,
    );
  const one = (declare: string, use = "_ = &a;") => `@group(0) @binding(0) var${declare}; @compute @workgroup_size(1) fn main() { ${use} }`;
  test.each([
    ["maxStorageBuffersPerShaderStage", storage(9), storage(8)],
    ["maxStorageBuffersInFragmentStage", storage(9, "@fragment"), storage(8, "@fragment")],
    [
      "maxUniformBuffersPerShaderStage",
      ...[13, 12].map((n) =>
        resources(
          n,
          (i) => `<uniform> a${i}: u32`,
          (i) => `_ = a${i};`,
        ),
      ),
    ],
    ["maxSampledTexturesPerShaderStage", texture(17), texture(16)],
    ["maxSamplersPerShaderStage", sampler(17), sampler(16)],
    [
      "maxStorageTexturesPerShaderStage",
      ...[5, 4].map((n) =>
        resources(
          n,
          (i) => ` a${i}: texture_storage_2d<r32uint, write>`,
          (i) => `_ = textureDimensions(a${i});`,
        ),
      ),
    ],
    ["maxBindGroups", ...[4, 3].map((n) => one("<uniform> a: u32").replace("@group(0)", `@group(${n})`))],
    ["maxBindingsPerBindGroup", ...[1000, 999].map((n) => one("<uniform> a: u32").replace("@binding(0)", `@binding(${n})`))],
    ["maxUniformBufferBindingSize", one("<uniform> a: array<vec4f, 4097>"), one("<uniform> a: array<vec4f, 4096>")],
    ["maxInterStageShaderVariables", "@fragment fn main(@location(16) a: f32) {}", "@fragment fn main(@location(15) a: f32) {}"],
    [
      "maxColorAttachments",
      "@fragment fn main() -> @location(8) vec4f { return vec4f(); }",
      "@fragment fn main() -> @location(7) vec4f { return vec4f(); }",
    ],
    [
      "maxVertexAttributes",
      ...[16, 15].map((n) => `@vertex fn main(@location(${n}) a: f32) -> @builtin(position) vec4f { return vec4f(a); }`),
    ],
  ])("%s", (limit, over, within) => {
    const problems = (source: string) => overLimits(reflect(valid(source)).entryPoints[0]!, defaultLimits("core"));
    expect(problems(within!)).toEqual([]);
    expect(problems(over!).join("\n")).toContain(limit);
  });
});

describe("--shard", () => {
  test("the parts are the whole, once", () => {
    const files = Array.from({ length: 11 }, (_, i) => `f${i}`);
    const parts = [1, 2, 3, 4].map((index) => shardOf(files, { index, of: 4 }));
    expect(parts.flat().sort()).toEqual([...files].sort());
    expect(parts.map((p) => p.length)).toEqual([3, 3, 3, 2]);
    expect(shardOf(files, null)).toBe(files);
  });

  test("exits with what its part gives", () => {
    folder.put("shard/a.wgsl", "fn f() {}");
    folder.put("shard/b.wgsl", "fn f( {}");
    expect(folder.run("check", "./shard/*.wgsl", "--shard", "1/2")).toMatchObject({ code: 0, err: "1 file, 0 errors, 0 warnings\n" });
    expect(folder.run("check", "./shard/*.wgsl", "--shard", "2/2").code).toBe(1);
    expect(folder.run("check", "./shard/*.wgsl", "--shard", "3/3")).toMatchObject({ code: 0, err: "0 files, 0 errors, 0 warnings\n" });
    for (const bad of ["0/2", "3/2", "1", "a/b", "1/0", ""]) expect(folder.run("check", "./shard/*.wgsl", "--shard", bad).code).toBe(2);
  });
});

describe("--cache", () => {
  const cache = folder.at("cache");
  const entries = () => readdirSync(cache, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  const check = (...args: string[]) => folder.run("check", "./cached/*.wgsl", "--cache", cache, ...args);

  test("gives the same again, from what was kept", () => {
    folder.put("cached/a.wgsl", "fn f() { let x: i32 = 1.5; }\n");
    folder.put("cached/b.wgsl", "enable f16;\n");
    const first = check();
    expect(first.code).toBe(1);
    expect(entries()).toHaveLength(2);
    expect(check()).toEqual(first);
    expect(entries()).toHaveLength(2);
    // that it comes from there: an entry that says something else, and is whole, is believed
    const other = entries().find((name) => !readFileSync(join(cache, name), "utf8").includes("W0225"))!;
    const wrong = entries().find((name) => name !== other)!;
    const before = readFileSync(join(cache, wrong));
    // ... but only under its own key
    writeFileSync(join(cache, wrong), readFileSync(join(cache, other)));
    expect(check()).toEqual(first);
    expect(readFileSync(join(cache, wrong))).toEqual(before);
  });

  test("other contents and other settings are other entries", () => {
    check("--features", "core");
    expect(entries()).toHaveLength(4);
    expect(check("--features", "core").out).toContain("W0251");
    folder.put("cached/a.wgsl", "fn f() { let x: i32 = 1; }\n");
    expect(check().code).toBe(0);
    expect(entries()).toHaveLength(5);
    // the same bytes under another name are not
    folder.put("cached/c.wgsl", "enable f16;\n");
    check();
    expect(entries()).toHaveLength(5);
    // as a script they are something else
    folder.put("cached/c.ts", "enable f16;\n");
    expect(folder.run("check", "./cached/c.ts", "--cache", cache).code).toBe(0);
    expect(entries()).toHaveLength(6);
  });

  test("an entry that is damaged is as good as none, and mended", () => {
    folder.put("cached/a.wgsl", "fn f() { let x: i32 = 1.5; }\n");
    const right = check();
    const whole = new Map(entries().map((name) => [name, readFileSync(join(cache, name))]));
    const damages: ((bytes: Buffer) => Uint8Array | string)[] = [
      () => "",
      () => "{}",
      (bytes) => bytes.subarray(0, bytes.length - 1),
      (bytes) => Buffer.concat([bytes, Buffer.from("\n")]),
      (bytes) => bytes.toString("latin1").replace("W0225", "W0226"),
      () => Uint8Array.of(0xff, 0xfe, 0),
      () => '00\n{"diagnostics":[],"dropped":0,"errors":0,"warnings":0}',
    ];
    for (const damage of damages) {
      for (const [name, bytes] of whole) writeFileSync(join(cache, name), damage(bytes));
      expect(check()).toEqual(right);
    }
    expect(statSync(cache).isDirectory()).toBe(true);
  });

  test("must be a folder", () => {
    expect(folder.run("check", "./half.wgsl", "--cache", "./half.wgsl")).toMatchObject({ code: 2, out: "" });
  });
});

describe("--watch", () => {
  test("goes with formats that can go on, and with files", () => {
    expect(folder.run("check", "./half.wgsl", "--watch", "--format", "sarif").err).toContain("not with sarif");
    expect(folder.run("check", "-", "--watch").err).toContain("standard input does not change");
  });

  test("checks again what changes", { timeout: 60_000 }, async () => {
    folder.put("watched/a.wgsl", "fn f() {}\n");
    const node = ["--import", import.meta.resolve("tsx"), join(import.meta.dirname, "../../cli/main.ts")];
    const child = spawn(process.execPath, [...node, "check", "watched/*.wgsl", "--watch"], { cwd: folder.path });
    let said = "";
    let wake = () => {};
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        wake();
      });
    }
    const until = async (text: string) => {
      while (!said.includes(text)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      said = "";
    };
    try {
      await until("watching 1 files, 0 of them with findings");
      folder.put("watched/a.wgsl", "fn f() { let x: i32 = 1.5; }\n");
      await until("watching 1 files, 1 of them with findings");
      folder.put("watched/b.wgsl", "fn g() { x(); }\n");
      await until("watching 2 files, 2 of them with findings");
      const closed = new Promise((resolve) => child.on("close", resolve));
      child.kill("SIGINT");
      expect(await closed).toBe(1);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

test("an option that does not exist names the nearest", () => {
  expect(folder.run("check", "x", "--fromat", "json").err).toContain("Unknown option '--fromat'; did you mean '--format'?");
  expect(folder.run("check", "x", "--feature=f16").err).toContain("did you mean '--features'?");
  expect(folder.run("check", "x", "--format", "jsn").err).toContain("did you mean 'json'?");
  expect(folder.run("chekc", "x").err).toContain("unknown verb 'chekc'; did you mean 'check'?");
});
