/** Runs of campaigns go on from their report, and shards add up to the whole. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Campaign, type Effort, inPieces, type Saved } from "../campaign/campaign.ts";
import { merge } from "../campaign/merge.ts";
import { randoms } from "../campaign/random.ts";
import { emptyReport, readReport, writeReport } from "../campaign/report.ts";
import { Seen } from "../campaign/seen.ts";

const folder = mkdtempSync(join(tmpdir(), "portcullis-shards-"));
afterAll(() => rmSync(folder, { recursive: true }));

const effort: Effort = { level: "full", seed: 3, shard: { index: 0, of: 1 }, count: 1005, progress() {} };
const counts = { quick: 1, full: 1, nightly: 1 };
/** What a piece gives depends on its number and size alone. */
const piece = (number: number, size: number) => ({
  figures: { tries: size, sum: size * (number + 1) },
  broken: number === 7 ? ["piece 7"] : [],
});
const whole = await inPieces(effort, counts, 100, piece);

test("pieces add up to the count", () => {
  expect(whole).toEqual({ figures: { tries: 1005, sum: 5500 + 5 * 11 }, broken: ["piece 7"] });
});

test("a run that was stopped after any piece goes on to the same report", async () => {
  const stops: Saved[] = [];
  const save: NonNullable<Effort["save"]> = ({ pieces, figures, broken }) => {
    stops.push({ pieces, figures: { ...figures }, broken: [...broken] });
  };
  await inPieces({ ...effort, save }, counts, 100, piece);
  expect(stops.length).toBe(11);
  for (const from of stops) expect(await inPieces({ ...effort, from }, counts, 100, piece)).toEqual(whole);
});

test("reports of shards add up to the whole, and mutants that two shards tried count once", async () => {
  const campaign: Campaign = { id: "P0", title: "none", run: () => whole, rates: ({ sum = 0, tries = 1 }) => ({ ratio: sum / tries }) };
  const pathOf = async (index: number) => {
    const shard = { index, of: 3 };
    const { figures, broken } = await inPieces({ ...effort, shard }, counts, 100, piece);
    const path = join(folder, `shard${index}.json`);
    const report = emptyReport({ level: "full", seed: 3, count: 1005, shard });
    const seen = new Seen(100, `${path}.P0.hashes`);
    for (const n of [index, index + 1, 99]) seen.add(Uint32Array.of(n));
    seen.flush();
    report.campaigns.P0 = { title: "none", figures, rates: {}, broken, pieces: 0, isDone: true, seconds: 1, cpuSeconds: 1 };
    writeReport(path, report);
    return path;
  };
  const paths = [await pathOf(0), await pathOf(1), await pathOf(2)];
  const sum = merge(paths, [campaign]).campaigns.P0!;
  expect(sum).toMatchObject({ figures: { ...whole.figures, "distinct over all shards": 5 }, broken: whole.broken, isDone: true });
  expect(sum.rates.ratio).toBe(whole.figures.sum! / 1005);
  expect(() => merge([paths[0]!, paths[0]!, paths[1]!], [campaign])).toThrow("not each shard once");
  expect(() => readReport(paths[0]!, { level: "full", seed: 4, count: 1005, shard: { index: 0, of: 3 } })).toThrow("of another");
});

test("mutants are new once, in a later process too, and what was not reported is cut off", () => {
  const log = join(folder, "hashes");
  const next = randoms(1);
  const all = Array.from({ length: 3000 }, () => Uint32Array.from({ length: 1 + (next() % 40) }, next));
  const first = new Seen(3000, log);
  expect(all.slice(0, 2000).every((words) => first.add(words))).toBe(true);
  expect(all.slice(0, 2000).some((words) => first.add(words))).toBe(false);
  first.flush();
  const second = new Seen(3000, log);
  second.load(log, 1500);
  expect(statSync(log).size).toBe(8 * 1500);
  expect(all.map((words) => second.add(words))).toEqual(all.map((_, i) => i >= 1500));
  expect(second.count).toBe(3000);
  expect(() => new Seen(10, log).load(log, 4000)).toThrow("not 4000");
});
