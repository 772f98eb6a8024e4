/** Nothing is compiled twice, and nothing in a cache directory is believed. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EntryRequest, ModuleRequest } from "../../webgpu/compiler.ts";
import { create } from "../../webgpu/index.ts";
import { InlineCompiler } from "../../webgpu/inline-compiler.ts";
import { CachingCompiler } from "../../webgpu/object-cache.ts";
import { testDevice } from "./helpers.ts";

const CODE = `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
override by = 2u;
@compute @workgroup_size(4, 2) fn main(@builtin(local_invocation_index) i: u32) { o[i] = i * by; }
@compute @workgroup_size(1) fn other() { o[0] = by; }`;

class Counting extends InlineCompiler {
  compiled = 0;
  checked = 0;
  override check(request: ModuleRequest) {
    this.checked++;
    return super.check(request);
  }
  override compile(request: EntryRequest) {
    this.compiled++;
    return super.compile(request);
  }
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "portcullis-cache-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const limits = {
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
};
let module = 1;
const request = (changes: Partial<EntryRequest> = {}): EntryRequest => ({
  module: module++,
  source: CODE,
  features: [],
  entryPoint: "main",
  constants: [],
  limits,
  ...changes,
});
const open = (inner = new Counting(), path: string | null = directory) => ({ inner, cache: new CachingCompiler(inner, path) });

describe("in memory", () => {
  test("the same pipeline created twice compiles once; what differs compiles", async () => {
    const { inner, cache } = open(undefined, null);
    const device = await testDevice(cache);
    const make = (entryPoint: string, constants: Record<string, number>) =>
      device.createComputePipeline({
        layout: "auto",
        compute: { module: device.createShaderModule({ code: CODE }), entryPoint, constants },
      });
    for (let i = 0; i < 3; i++) make("main", {});
    expect(inner.compiled).toBe(1);
    make("main", { by: 3 });
    make("other", {});
    expect(inner.compiled).toBe(3);
    cache.compile(request({ source: `${CODE} ` }));
    cache.compile(request({ limits: { ...limits, maxComputeWorkgroupSizeX: 128 } }));
    cache.compile(request({ features: ["shader-f16"] }));
    expect(inner.compiled).toBe(6);
  });

  test("a source that is right is checked once, for each set of features; a compilation that follows works all the same", async () => {
    const { inner, cache } = open(undefined, null);
    const check = (source: string, features: string[] = []) => cache.check({ module: module++, source, features });
    const first = check(CODE);
    expect(check(CODE)).toBe(first);
    check(CODE, ["shader-f16"]);
    expect(inner.checked).toBe(2);
    // no module of this number was checked by the inner one
    expect(cache.compile(request({ entryPoint: "other" }))).toMatchObject({ status: "done" });
    const wrong = "fn f() { let x = ; }";
    for (const _ of [1, 2]) expect(check(wrong)).toMatchObject({ interface: null, messages: [{ type: "error" }] });
    expect(inner.checked).toBe(4);
    // much that is longer and came later drives it out
    for (let i = 0; i < 5; i++) check(`${CODE}\n/* ${i} ${"x".repeat(1 << 20)} */`);
    check(CODE);
    expect(inner.checked).toBe(10);
  });

  test("whoever asks while it compiles waits for the same answer", async () => {
    const inner = new InlineCompiler();
    let compiled = 0;
    const slow = {
      languageFeatures: [],
      check: (r: EntryRequest) => inner.check(r),
      compile: async (r: EntryRequest) => {
        compiled++;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return inner.compile(r);
      },
      forget: () => {},
    };
    const cache = new CachingCompiler(slow as never, null);
    const [a, b] = await Promise.all([cache.compile(request()), cache.compile(request())]);
    expect(a).toMatchObject({ status: "done" });
    expect(b).toBe(a);
    expect(compiled).toBe(1);
  });

  test("failures are not kept", () => {
    const { inner, cache } = open(undefined, null);
    for (let i = 0; i < 2; i++) expect(cache.compile(request({ entryPoint: "nothing" })).constructor).toBe(Object);
    expect(inner.compiled).toBe(2);
  });
});

describe("on disk", () => {
  const file = () => join(directory, readdirSync(directory)[0]!);

  test("another process's objects are used, and are the same", () => {
    const first = open().cache.compile(request());
    const { inner, cache } = open();
    expect(cache.compile(request())).toEqual(first);
    expect(inner.compiled).toBe(0);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ["empty", () => new Uint8Array(0)],
    ["cut short", (bytes) => bytes.subarray(0, bytes.length - 4)],
    ["with a bit changed", (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1)],
    ["of something else", () => new TextEncoder().encode("#!/bin/sh\n".repeat(20))],
  ])("a file %s is ignored, and written anew", (_what, damage) => {
    const first = open().cache.compile(request());
    const good = readFileSync(file());
    writeFileSync(file(), damage(new Uint8Array(good)));
    const { inner, cache } = open();
    expect(cache.compile(request())).toEqual(first);
    expect(inner.compiled).toBe(1);
    expect(readFileSync(file()).equals(good)).toBe(true);
  });

  test("a file of another entry is no answer, though it is whole", () => {
    open().cache.compile(request());
    const whole = readFileSync(file());
    rmSync(file());
    const other = open();
    const expected = other.cache.compile(request({ entryPoint: "other" }));
    writeFileSync(file(), whole);
    const { inner, cache } = open();
    expect(cache.compile(request({ entryPoint: "other" }))).toEqual(expected);
    expect(inner.compiled).toBe(1);
  });

  test("a directory that cannot be written costs nothing but the cache", () => {
    for (const path of [join(directory, "no\0such"), "/dev/null/nothing"]) {
      expect(open(undefined, path).cache.compile(request())).toMatchObject({ status: "done" });
    }
    chmodSync(directory, 0o500);
    expect(open(undefined, join(directory, "below")).cache.compile(request())).toMatchObject({ status: "done" });
    chmodSync(directory, 0o700);
  });

  test("create({ cacheDir }) uses it", async () => {
    for (let i = 0; i < 2; i++) {
      const device = await (await create({ cacheDir: directory }).requestAdapter())!.requestDevice();
      const pipeline = { layout: "auto", compute: { module: device.createShaderModule({ code: CODE }), entryPoint: "main" } } as const;
      await device.createComputePipelineAsync(pipeline);
      expect(readdirSync(directory).filter((name) => name.endsWith(".pco"))).toHaveLength(1);
    }
  });
});
