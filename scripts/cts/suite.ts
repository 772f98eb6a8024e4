/**
 * The few modules of the conformance test suite that the runner uses, and the cases of a spec file.
 * The suite is loaded from a checkout that is not ours: these types say what we rely on.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

/** A parsed query. Only the suite's own functions look inside. */
export interface Query {
  readonly suite: string;
  readonly filePathParts: readonly string[];
  toString(): string;
}

export type SuiteStatus = "pass" | "fail" | "skip" | "warn" | "notrun" | "running";
interface LogMessage {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}
export interface SuiteResult {
  readonly status: SuiteStatus;
  readonly logs?: readonly LogMessage[];
}
interface Recorder {
  readonly nonskippedSubcaseCount: number;
}
interface RunCase {
  readonly id: { readonly test: string[]; readonly params: object };
  run(recorder: Recorder, query: Query, expectations: readonly never[]): Promise<void>;
}
interface Test {
  readonly testPath: string[];
  iterate(params: null): Iterable<RunCase>;
}
interface SpecFile {
  readonly g: { iterate(): Iterable<Test> };
}
export interface TestConfig {
  maxSubcasesInFlight: number;
  compatibility: boolean;
}
interface DataStore {
  load(path: string): Promise<Uint8Array>;
}

/** Modules by path in `src/common`. */
interface Modules {
  "internal/query/parseQuery": { parseQuery(text: string): Query };
  "internal/query/compare": {
    compareQueries(a: Query, b: Query): number;
    Ordering: { Unordered: number; StrictSuperset: number; Equal: number };
  };
  "internal/query/query": {
    TestQueryMultiFile: new (suite: string, file: readonly string[]) => Query;
    TestQuerySingleCase: new (suite: string, file: readonly string[], test: readonly string[], params: object) => Query;
    TestQueryMultiCase: new (suite: string, file: readonly string[], test: readonly string[], params: object) => Query;
  };
  "internal/logging/logger": { Logger: new () => { record(name: string): [Recorder, SuiteResult] } };
  "framework/test_config": { globalTestConfig: TestConfig };
  "framework/data_cache": { dataCache: { setStore(store: DataStore): void } };
  "framework/resources": { setBaseResourcePath(path: string): void };
  "util/navigator_gpu": { setGPUProvider(provider: () => unknown): void; setDefaultRequestAdapterOptions(options: object): void };
}

export interface Case {
  readonly query: Query;
  run(): Promise<{ readonly result: SuiteResult; readonly subcases: number }>;
}

export class Suite {
  readonly #folder: string;
  readonly #require: NodeJS.Require;

  /** @param folder the suite's sources as CommonJS (`prepare.ts`) */
  constructor(folder: string) {
    this.#folder = folder;
    this.#require = createRequire(join(folder, "index.js"));
  }

  module<K extends keyof Modules>(path: K): Modules[K] {
    return this.#require(join(this.#folder, "common", `${path}.js`));
  }

  parse(text: string): Query {
    return this.module("internal/query/parseQuery").parseQuery(text);
  }

  /** Whether every case of `inner` is one of `outer`. */
  contains(outer: Query, inner: Query): boolean {
    const { compareQueries, Ordering } = this.module("internal/query/compare");
    const order = compareQueries(outer, inner);
    return order === Ordering.StrictSuperset || order === Ordering.Equal;
  }

  overlaps(a: Query, b: Query): boolean {
    const { compareQueries, Ordering } = this.module("internal/query/compare");
    return compareQueries(a, b) !== Ordering.Unordered;
  }

  /** @returns a query of everything in a spec file */
  fileQuery(file: readonly string[]): Query {
    return new (this.module("internal/query/query").TestQueryMultiFile)("webgpu", file);
  }

  /** Cases of a spec file in its order; always the same ones. */
  *cases(file: readonly string[], queries: readonly Query[]): Generator<Case> {
    const { TestQuerySingleCase, TestQueryMultiCase } = this.module("internal/query/query");
    const spec: SpecFile = this.#require(join(this.#folder, "webgpu", `${file.join("/")}.spec.js`));
    for (const test of spec.g.iterate()) {
      const whole = new TestQueryMultiCase("webgpu", file, test.testPath, {});
      if (!queries.some((query) => this.overlaps(query, whole))) continue;
      for (const each of test.iterate(null)) {
        const query = new TestQuerySingleCase("webgpu", file, each.id.test, each.id.params);
        yield { query, run: () => this.#run(each, query) };
      }
    }
  }

  async #run(each: RunCase, query: Query): Promise<{ result: SuiteResult; subcases: number }> {
    const { Logger } = this.module("internal/logging/logger");
    const [recorder, result] = new Logger().record(query.toString());
    await each.run(recorder, query, []);
    return { result, subcases: recorder.nonskippedSubcaseCount };
  }
}
