/** A worker process: runs the cases it is told to and reports each one. It may hang or crash; the runner starts another (`pool.ts`). */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type SelectedCase, selectCases } from "./cases.ts";
import type { FromWorker, Outcome, Setup, Task, ToWorker } from "./messages.ts";
import { Suite, type SuiteResult } from "./suite.ts";

interface Provider {
  create(flags: readonly string[]): unknown;
  /** of an installed `webgpu`, which installs nothing by itself */
  readonly globals?: object;
}

const send = (message: FromWorker) => process.send?.(message);
const MESSAGE_LENGTH = 2000;

let suite: Suite;
let listed: { readonly key: string; readonly cases: readonly SelectedCase[] } = { key: "", cases: [] };
/** Kept for ever: Dawn's binding crashes when its GPU object is collected. */
let gpu: unknown;

async function setUp(setup: Setup): Promise<void> {
  suite = new Suite(setup.suite);
  const provider = await loadProvider(setup);
  suite.module("framework/resources").setBaseResourcePath(setup.resources);
  const load = async (path: string) => new Uint8Array(await readFile(join(setup.resources, "cache", path)));
  // a copy: the suite reads the whole ArrayBuffer, and small files come as views of a pooled one
  suite.module("framework/data_cache").dataCache.setStore({ load: async (path) => (await load(path)).slice() });
  const config = suite.module("framework/test_config").globalTestConfig;
  if (setup.inFlight !== undefined) config.maxSubcasesInFlight = setup.inFlight;
  const navigator = suite.module("util/navigator_gpu");
  if (setup.compat) {
    config.compatibility = true;
    navigator.setDefaultRequestAdapterOptions({ featureLevel: "compatibility" });
  }
  navigator.setGPUProvider(() => {
    gpu = provider.create(setup.providerFlags);
    return gpu;
  });
}

async function loadProvider(setup: Setup): Promise<Provider> {
  if (!setup.peer) return createRequire(setup.provider)(setup.provider);
  const provider: Provider = await import(pathToFileURL(setup.provider).href);
  Object.assign(globalThis, provider.globals);
  return provider;
}

/** The selected cases of a task's file, listed once for all tasks of it. */
function casesOf(task: Task): readonly SelectedCase[] {
  const key = JSON.stringify([task.file, task.selections]);
  if (listed.key !== key) listed = { key, cases: selectCases(suite, task) };
  return listed.cases;
}

async function runTask(task: Task): Promise<void> {
  const cases = casesOf(task);
  send({ kind: "count", count: cases.length });
  for (let index = task.from; index < Math.min(task.to, cases.length); index++) {
    const { name, expected } = cases[index]!;
    send({ kind: "start", index, query: name, expected });
    send({ kind: "outcome", outcome: await runCase(cases[index]!) });
  }
  send({ kind: "done", rssBytes: process.memoryUsage.rss() });
}

async function runCase(each: SelectedCase): Promise<Outcome> {
  const start = performance.now();
  const before = process.cpuUsage();
  const { status, subcases, message } = await each.run().then(
    ({ result, subcases }) => ({ status: statusOf(result), subcases, message: firstMessage(result) }),
    (error) => ({ status: "fail" as const, subcases: 0, message: `the suite threw: ${error}` }),
  );
  const { user, system } = process.cpuUsage(before);
  const ms = Math.round((performance.now() - start) * 10) / 10;
  return { query: each.name, status, expected: each.expected, ms, cpuMs: Math.round((user + system) / 100) / 10, subcases, message };
}

function statusOf({ status }: SuiteResult): Outcome["status"] {
  return status === "pass" || status === "skip" || status === "warn" ? status : "fail";
}

function firstMessage(result: SuiteResult): string {
  if (result.status === "pass") return "";
  const logs = result.logs ?? [];
  const ofInterest = logs.find(({ name }) => !/(^|\) )(INFO|DEBUG|SKIP)$/.test(name)) ?? logs.find(({ name }) => name.endsWith("SKIP"));
  if (ofInterest === undefined) return "";
  // an expectation without words is known by its place
  const what = ofInterest.message || (/^.*\.spec\.[jt]s.*$/m.exec(ofInterest.stack ?? "")?.[0].trim() ?? "");
  return `${ofInterest.name}: ${what}`.slice(0, MESSAGE_LENGTH);
}

async function handle(message: ToWorker): Promise<void> {
  try {
    if (message.kind === "setup") {
      await setUp(message.setup);
      send({ kind: "ready" });
    } else {
      await runTask(message.task);
    }
  } catch (error) {
    send({
      kind: message.kind === "setup" ? "unusable" : "broken",
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}

let handled = Promise.resolve();
process.on("message", (message: ToWorker) => {
  handled = handled.then(() => handle(message));
});
process.on("disconnect", () => process.exit(0));
