/** A run of the conformance test suite, from its command line to its report. */
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectCases } from "./cases.ts";
import { type Expectation, readExpectations } from "./expectations.ts";
import type { Outcome, Setup, Task } from "./messages.ts";
import { type Options, readOptions, USAGE, UsageError } from "./options.ts";
import { Pool } from "./pool.ts";
import { peerModule, prepareSuite, prepareWorker, specFiles } from "./prepare.ts";
import { Progress } from "./progress.ts";
import { Report } from "./report.ts";
import { type Query, Suite } from "./suite.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXPECTATIONS = join(ROOT, "test/cts/expectations.txt");

type FileTask = Omit<Task, "from" | "to">;

/** One task for each spec file that a query names. @throws UsageError for a query that names none */
function planFiles(options: Options, suite: Suite, expectations: readonly Expectation[]): FileTask[] {
  const parse = (query: string): Query => {
    try {
      return suite.parse(query);
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  };
  const selections = options.selections.map((selection) => ({ selection, query: parse(selection.query), used: false }));
  const known = expectations.map((expectation) => ({ expectation, query: parse(expectation.query) }));
  const tasks: FileTask[] = [];
  for (const file of specFiles(options.checkout)) {
    const whole = suite.fileQuery(file);
    const here = selections.filter(({ query }) => suite.overlaps(query, whole));
    if (here.length === 0) continue;
    for (const each of here) each.used = true;
    const relevant = known.filter(({ query }) => suite.overlaps(query, whole)).map(({ expectation }) => expectation);
    tasks.push({ file, selections: here.map(({ selection }) => selection), sampling: options.sampling, expectations: relevant });
  }
  const unused = selections.find(({ used }) => !used);
  if (unused) throw new UsageError(`'${unused.selection.query}' names no file of the suite`);
  return tasks;
}

function setupOf(options: Options, suite: string, ours: string): Setup {
  const dist = join(ROOT, "dist/cjs/cts.cjs");
  if (options.dist && !existsSync(dist)) throw new UsageError("--dist: there is no dist/; npm run build makes it");
  return {
    suite,
    resources: join(options.checkout, "src/resources"),
    provider: options.peer !== undefined ? peerModule(options.peer) : options.dist ? dist : ours,
    peer: options.peer !== undefined,
    providerFlags: options.providerFlags,
    inFlight: options.inFlight,
    compat: options.compat,
  };
}

async function runTasks(tasks: readonly FileTask[], options: Options, suite: string, folder: string): Promise<Report> {
  const { worker, provider } = await prepareWorker(folder, options.nothing);
  const setup = setupOf(options, suite, provider);
  const report = new Report();
  const progress = new Progress(report);
  const out = options.out === undefined ? undefined : openSync(options.out, "w");
  const pool = new Pool(
    { worker, setup, jobs: options.jobs, timeoutSeconds: options.timeoutSeconds },
    {
      outcome: (outcome: Outcome) => {
        report.add(outcome);
        if (out !== undefined) writeSync(out, `${JSON.stringify(outcome)}\n`);
        progress.show(outcome.query);
      },
      broken: (file, message) => report.broken.push({ file, message }),
      planned: (count) => progress.plan(count),
    },
  );
  const interrupt = () => {
    pool.stop();
    process.exit(130);
  };
  process.on("SIGINT", interrupt);
  try {
    await pool.run(tasks);
  } finally {
    process.off("SIGINT", interrupt);
    progress.end();
    if (out !== undefined) closeSync(out);
  }
  return report;
}

function expectationsOf(path: string): Expectation[] {
  try {
    return readExpectations(path);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param cwd what paths are relative to
 * @returns the exit code
 */
async function runCommand(args: readonly string[], cwd: string, print: (text: string) => void): Promise<number> {
  const options = readOptions(args, cwd, EXPECTATIONS);
  if (!existsSync(join(options.checkout, "src/webgpu")))
    throw new UsageError(`${options.checkout} is no checkout of the suite: it has no src/webgpu`);
  const folder = mkdtempSync(join(tmpdir(), "portcullis-cts-run-"));
  try {
    const compiled = await prepareSuite(options.checkout);
    const suite = new Suite(compiled);
    const expectations = options.expectations === undefined ? [] : expectationsOf(options.expectations);
    const tasks = planFiles(options, suite, expectations);
    if (options.list) {
      for (const task of tasks) for (const { name } of selectCases(suite, task)) print(name);
      return 0;
    }
    const report = await runTasks(tasks, options, compiled, folder);
    print(report.print(options.failures));
    if (report.total.cases === 0) throw new UsageError("the sample has no case in it");
    return report.ok ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The command. Errors are printed. @returns the exit code: 2 if the run could not be made */
export async function command(args: readonly string[], cwd: string, print: (text: string) => void = console.log): Promise<number> {
  try {
    return await runCommand(args, cwd, print);
  } catch (error) {
    if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
    else console.error(error instanceof Error ? error.stack : error);
    return 2;
  }
}
