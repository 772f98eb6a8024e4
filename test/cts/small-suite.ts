/** A suite of our own with the shape of the real one: the modules that the runner uses, and one spec file of cases that end in every way. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const FILES: Readonly<Record<string, string>> = {
  "common/internal/query/query.ts": `
    export class TestQueryMultiFile {
      constructor(public suite: string, public filePathParts: string[]) {}
      get parts(): string[] { return [...this.filePathParts]; }
      toString() { return [this.suite, [...this.filePathParts, "*"].join(",")].join(":"); }
    }
    export class TestQueryMultiCase extends TestQueryMultiFile {
      constructor(suite: string, file: string[], public test: string[], public params: object) { super(suite, file); }
      get parts() { return [...this.filePathParts, ":", ...this.test]; }
      toString() { return [this.suite, this.filePathParts.join(","), this.test.join(","), "*"].join(":"); }
    }
    export class TestQuerySingleCase extends TestQueryMultiCase {
      get parts() { return [...super.parts, ":", JSON.stringify(this.params)]; }
      toString() { return [this.suite, this.filePathParts.join(","), this.test.join(","), Object.entries(this.params).map(([k, v]) => k + "=" + v).join(";")].join(":"); }
    }`,
  "common/internal/query/parseQuery.ts": `
    import { TestQueryMultiCase, TestQueryMultiFile, TestQuerySingleCase } from "./query.js";
    export function parseQuery(text: string) {
      const [suite, file, test, params] = text.split(":");
      const path = file.split(",").filter((each) => each !== "*");
      if (test === undefined || test === "*") return new TestQueryMultiFile(suite, path);
      if (params === "*") return new TestQueryMultiCase(suite, path, test.split(","), {});
      const pairs = params.split(";").filter((each) => each !== "").map((each) => each.split("="));
      return new TestQuerySingleCase(suite, path, test.split(","), Object.fromEntries(pairs.map(([k, v]) => [k, Number(v)])));
    }`,
  "common/internal/query/compare.ts": `
    export enum Ordering { Unordered, StrictSuperset, Equal, StrictSubset }
    export function compareQueries(a: { parts: string[] }, b: { parts: string[] }) {
      const starts = (x: string[], y: string[]) => x.every((part, i) => part === y[i]);
      const [ab, ba] = [starts(a.parts, b.parts), starts(b.parts, a.parts)];
      return ab && ba ? Ordering.Equal : ab ? Ordering.StrictSuperset : ba ? Ordering.StrictSubset : Ordering.Unordered;
    }`,
  "common/internal/logging/logger.ts": `
    export class Logger {
      record(name: string) { const result = { status: "running", logs: [] }; return [{ nonskippedSubcaseCount: 3, result }, result]; }
    }`,
  "common/framework/test_config.ts": "export const globalTestConfig = { maxSubcasesInFlight: 100, compatibility: false };",
  "common/framework/data_cache.ts": "export const dataCache = { store: null as any, setStore(store: any) { this.store = store; } };",
  "common/framework/resources.ts": "export function setBaseResourcePath() {}",
  "common/util/navigator_gpu.ts": `
    let provider: any;
    export const setGPUProvider = (p: any) => { provider = p; };
    export const getGPU = () => provider();
    export const setDefaultRequestAdapterOptions = () => {};`,
  "webgpu/a/ways.spec.ts": `
    import { dataCache } from "../../common/framework/data_cache.js";
    import { getGPU } from "../../common/util/navigator_gpu.js";
    const end = (rec: any, status: string, name: string, message: string) => {
      rec.result.status = status;
      rec.result.logs.push({ name: "INFO", message: "subcase ran" }, { name, message, stack: "" });
    };
    const TESTS: Record<string, (rec: any, params: any) => unknown> = {
      pass: (rec) => end(rec, "pass", "INFO", ""),
      many: (rec, { n }) => end(rec, n === 250 ? "fail" : "pass", "EXPECTATION FAILED", "number " + n),
      fail: (rec) => end(rec, "fail", "EXPECTATION FAILED", "first line\\nsecond line"),
      skip: (rec) => end(rec, "skip", "SKIP", "no such feature"),
      hang: () => { for (;;); },
      never: () => new Promise(() => { setInterval(() => {}, 1000); }),
      crash: () => process.abort(),
      exit: () => process.exit(3),
      gpu: async (rec) => end(rec, "pass", "INFO", String((await (getGPU() as any).requestAdapter()).info.vendor === "portcullis" || process.exit(9))),
      bytes: async (rec) => {
        const bytes = await dataCache.store.load("small.bin");
        end(rec, bytes.buffer.byteLength === 3 && bytes[2] === 9 ? "pass" : "fail", "INFO", "");
      },
      last: (rec) => end(rec, "pass", "INFO", ""),
    };
    export const g = {
      *iterate() {
        for (const [name, fn] of Object.entries(TESTS)) {
          const params = name === "many" ? Array.from({ length: 450 }, (_, n) => ({ n })) : [{}];
          yield { testPath: [name], *iterate() { for (const p of params) yield { id: { test: [name], params: p }, run: async (rec: any) => void (await fn(rec, p)) }; } };
        }
      },
    };`,
  "webgpu/a/other.spec.ts": "export const g = { *iterate() {} };",
  "webgpu/b/broken.spec.ts": "throw new TypeError('cannot be loaded'); export const g = {};",
};

/** @returns the folder of a new checkout */
export function smallSuite(): string {
  const checkout = mkdtempSync(join(tmpdir(), "portcullis-small-suite-"));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(checkout, "src", path)), { recursive: true });
    writeFileSync(join(checkout, "src", path), text);
  }
  const cache = join(checkout, "src/resources/cache");
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "small.bin"), Uint8Array.of(7, 8, 9));
  return checkout;
}
