/**
 * `npm run cts:verdicts -- CHECKOUT [PART]`: the sources of the suite's shader,validation tests with the verdicts that they state, against
 * ours. No device is made: every test runs on a fixture that only notes what it was given, with every feature present. A source counts once,
 * whatever the number of subcases that have it. Exit 0: the disagreements are those of docs/conformance.md, as `KNOWN` has them.
 */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { check, LANGUAGE_FEATURES } from "../../frontend/wgsl/check.ts";
import { parse } from "../../frontend/wgsl/parser.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { prepareSuite, specFiles } from "./prepare.ts";

/** Sources that the specification decides the other way, by a piece of their text. docs/conformance.md has the sentences. */
const KNOWN: readonly string[] = [
  "alias p = ptr<workgroup,array<i32>>;",
  "alias p = ptr<uniform,array<i32>>;",
  "enable chromium_experimental_primitive_id;",
];

/** What the tests read of a fixture, as far as this script gives it. */
interface RunCase {
  readonly fixture: { readonly prototype: object };
  readonly params: object;
  readonly subcases?: Iterable<object>;
  readonly beforeFn?: (batch: object) => unknown;
  readonly fn: (fixture: object) => unknown;
}
interface Spec {
  readonly g?: { iterate(): Iterable<{ readonly testPath: string[]; iterate(params: null): Iterable<RunCase> }> };
}
type Capture = (expected: unknown, code: string) => void;

class Skipped extends Error {}
const skip = (condition: unknown): void => {
  if (condition) throw new Skipped();
};
const has = (feature: string): boolean => LANGUAGE_FEATURES.includes(feature);
const nothing = (): void => {};

/** Features of an experiment have names of their own. */
const offered = (feature: unknown): boolean => !String(feature).startsWith("chromium");
/** What a case may do before its subcases: say that it does not apply. */
const batchOf = (params: object): object =>
  new Proxy({ params, isCompatibility: false, skipIf: skip, hasLanguageFeature: has } as Record<string | symbol, unknown>, {
    get: (target, key) => (key in target ? target[key] : (feature: unknown) => skip(key === "skip" || !offered(feature))),
  });

/** Stands for a device, whatever is read of it. */
const limits = new Proxy({}, { get: (_target, key) => (key === "maxComputeInvocationsPerWorkgroup" ? 256 : 1024) });
const DEVICE = { features: { has: offered }, limits };

/** Where expectPipelineResult runs as the suite has it. It says that the module it makes is valid, whatever becomes of the pipeline. */
const pipelineFixture = (fixture: object, capture: Capture): object =>
  Object.create(fixture, {
    device: {
      value: { ...DEVICE, createShaderModule: ({ code }: { code: string }) => capture(true, code), createComputePipeline: nothing },
    },
    expectGPUError: { value: (_filter: string, make: () => void) => make() },
  });

function fixtureOf(each: RunCase, subcase: object, capture: Capture): object {
  const fixture = Object.create(each.fixture.prototype);
  const rec = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    validationFailed: nothing,
    expectationFailed: nothing,
    threw: nothing,
    skipped: nothing,
  };
  const given = { params: { ...each.params, ...subcase }, rec, device: DEVICE };
  for (const [name, value] of Object.entries(given)) Object.defineProperty(fixture, name, { value });
  for (let proto = each.fixture.prototype; proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    for (const name of Object.getOwnPropertyNames(proto)) if (name.startsWith("skipIf")) fixture[name] = nothing;
  }
  const { expectPipelineResult } = fixture;
  const methods = {
    skip: () => skip(true),
    skipIf: skip,
    hasLanguageFeature: has,
    skipIfDeviceDoesNotHaveFeature: (feature: string) => skip(!offered(feature)),
    skipIfLanguageFeatureNotSupported: (feature: string) => skip(!has(feature)),
    skipIfLanguageFeatureSupported: (feature: string) => skip(has(feature)),
    expectCompileResult: capture,
    expectCompileWarning: (_warns: boolean, code: string) => capture(true, code),
    expectPipelineResult: (args: object) => expectPipelineResult?.call(pipelineFixture(fixture, capture), args),
  };
  return Object.assign(fixture, methods);
}

function applies(each: RunCase): boolean {
  try {
    each.beforeFn?.(batchOf(each.params));
    return true;
  } catch {
    return false;
  }
}

/** Every source of a spec file with what the tests say of it: true, false, or null where two of them disagree. */
function verdictsOf(spec: Spec): Map<string, boolean | null> {
  const verdicts = new Map<string, boolean | null>();
  const capture: Capture = (expected, code) => {
    if (typeof expected !== "boolean") return;
    const before = verdicts.get(code);
    verdicts.set(code, before === undefined || before === expected ? expected : null);
  };
  for (const test of spec.g?.iterate() ?? []) {
    for (const each of test.iterate(null)) {
      if (!applies(each)) continue;
      for (const subcase of each.subcases ?? [{}]) {
        try {
          const running = each.fn(fixtureOf(each, subcase, capture));
          if (running instanceof Promise) running.catch(nothing);
        } catch {
          // a test that needs more than a fixture, or does not apply: it stated no verdict
        }
      }
    }
  }
  return verdicts;
}

function ours(code: string): { valid: boolean; message: string } {
  const list = new DiagnosticList();
  check(parse(code, list), list);
  const first = list.items.find((item) => item.severity === "error");
  return { valid: list.errorCount === 0, message: first ? `${first.code} ${first.message}` : "accepted" };
}

const KINDS = ["accepted", "valid", "rejected", "invalid", "known", "unclear"] as const;
type Row = Record<(typeof KINDS)[number], number>;

const line = (name: string, row: Row) => console.log(name.padEnd(28) + KINDS.map((kind) => String(row[kind]).padStart(10)).join(""));
const emptyRow = (): Row => ({ accepted: 0, valid: 0, rejected: 0, invalid: 0, known: 0, unclear: 0 });

/** @returns how many sources we see otherwise than the suite, the known ones aside */
function compareFile(spec: Spec, name: string, row: Row): number {
  let others = 0;
  for (const [code, expected] of verdictsOf(spec)) {
    if (expected === null) {
      row.unclear++;
      continue;
    }
    const { valid, message } = ours(code);
    row[expected ? "valid" : "invalid"]++;
    if (valid === expected) row[expected ? "accepted" : "rejected"]++;
    else if (KNOWN.some((piece) => code.includes(piece))) row.known++;
    else {
      if (others++ < 3)
        console.log(`${name}: ${expected ? "valid" : "invalid"} in the suite, ours: ${message}\n${code.trim().slice(0, 600)}\n`);
    }
  }
  return others;
}

async function main(checkout: string, part: string): Promise<number> {
  const folder = await prepareSuite(checkout);
  const require = createRequire(join(folder, "index.js"));
  const table = new Map<string, Row>();
  let others = 0;
  for (const file of specFiles(checkout)) {
    const name = file.join("/");
    if (!name.startsWith("shader/validation/") || !name.includes(part)) continue;
    const group = file[2]!;
    const row = table.get(group) ?? emptyRow();
    table.set(group, row);
    others += compareFile(require(join(folder, "webgpu", `${name}.spec.js`)) as Spec, name, row);
  }
  const total = emptyRow();
  console.log(`${"folder".padEnd(28)}${KINDS.map((kind) => kind.padStart(10)).join("")}`);
  for (const [group, row] of table) {
    line(group, row);
    for (const kind of KINDS) total[kind] += row[kind];
  }
  line("all", total);
  console.log(`${others} disagreements that are not known`);
  return others;
}

const [checkout, part = ""] = process.argv.slice(2);
if (checkout === undefined) {
  console.error("npm run cts:verdicts -- CHECKOUT [PART]   (docs/conformance.md)");
  process.exitCode = 2;
} else {
  process.exitCode = (await main(resolve(process.env.INIT_CWD ?? process.cwd(), checkout), part)) > 0 ? 1 : 0;
}
