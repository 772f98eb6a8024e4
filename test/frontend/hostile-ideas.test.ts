/** Every hostile source ends soon, in little memory, with what it should give. One process of its own, with a heap of 256 MB, checks them all. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IDEAS } from "../files/hostile/ideas.ts";

interface Outcome {
  readonly name: string;
  readonly gives: string;
  readonly ms: number;
  readonly megabytes: number;
  readonly reportLength: number;
}

/** CPU time, engine's own threads included: a second on a quiet machine, and twice that on one that is busy. */
const LIMIT_MS = 2000;
const LIMIT_MEGABYTES = 256;
const LIMIT_REPORT = 200_000;

const folder = mkdtempSync(join(tmpdir(), "hostile-"));
const outcomes = new Map<string, Outcome>();

beforeAll(async () => {
  const outfile = join(folder, "child.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "hostile-child.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  const out = execFileSync(process.execPath, [`--max-old-space-size=${LIMIT_MEGABYTES}`, outfile], { encoding: "utf8" });
  for (const outcome of JSON.parse(out) as Outcome[]) outcomes.set(outcome.name, outcome);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(IDEAS)("$name", ({ name, gives }) => {
  test(`gives ${gives}, soon`, () => {
    const outcome = outcomes.get(name)!;
    expect(outcome.gives).toBe(gives);
    expect(outcome.ms).toBeLessThan(LIMIT_MS);
    expect(outcome.megabytes).toBeLessThan(LIMIT_MEGABYTES);
    expect(outcome.reportLength).toBeLessThan(LIMIT_REPORT);
  });
});

test("names tell them apart", () => expect(new Set(IDEAS.map(({ name }) => name)).size).toBe(IDEAS.length));
