import { afterEach, expect, test, vi } from "vitest";
import { create } from "../../webgpu/index.ts";
import { resolveOptions } from "../../webgpu/options.ts";

afterEach(() => vi.unstubAllEnvs());

test("objects, strings and the environment say the same; what is explicit wins", () => {
  expect(resolveOptions({ tier: "reference", throwOnError: true })).toMatchObject({ tier: "reference", throwOnError: true });
  expect(resolveOptions(["tier=reference", "throw-on-error", "fuel=1000"])).toMatchObject({
    tier: "reference",
    throwOnError: true,
    fuel: 1000,
  });
  vi.stubEnv("PORTCULLIS_TIER", "reference");
  vi.stubEnv("PORTCULLIS_THROW_ON_ERROR", "1");
  expect(resolveOptions(undefined)).toMatchObject({ tier: "reference", throwOnError: true });
  expect(resolveOptions({ tier: "jit" })).toMatchObject({ tier: "jit", throwOnError: true });
});

test.each([
  [{ tear: "jit" }, /unknown option "tear"; options are tier/],
  [["tier=fast"], /"fast" is not a value of option tier/],
  [["throwOnError=constructor"], /not a value/],
  [{ fuel: -1 }, /"-1" is not a value of option fuel/],
  ["tier=jit", /an array of strings/],
  [{ deterministic: { sead: 1 } }, /deterministic.sead.*it has seed and clock/],
  [{ deterministic: true }, /deterministic is an object/],
  [{ deterministic: { seed: 2 ** 32 } }, /"4294967296" is not a value of option seed/],
  [{ isolation: "room" }, /"room" is not a value of option isolation/],
])("create(%o) says what is wrong", (options, message) => {
  expect(() => create(options as never)).toThrow(message);
});

test("isolation says where it is not possible; an isolated device has one thread unless more are asked for", () => {
  expect(resolveOptions({ isolation: "worker" }).threads).toBe(1);
  expect(resolveOptions({ isolation: "process", threads: 3 }).threads).toBe(3);
  vi.stubGlobal("SharedArrayBuffer", undefined);
  expect(() => create({ isolation: "worker" })).toThrow(
    /isolation=worker is not possible here: it needs SharedArrayBuffer.*cross-origin isolated/,
  );
  vi.unstubAllGlobals();
  vi.stubGlobal("process", { env: {} }); // as in a page
  expect(() => create({ isolation: "process" })).toThrow(/pages cannot start processes; use isolation=worker/);
  vi.unstubAllGlobals();
});

test("a wrong environment variable is named", () => {
  vi.stubEnv("PORTCULLIS_FUEL", "lots");
  expect(() => create()).toThrow(/PORTCULLIS_FUEL: "lots" is not a value/);
});
