/** Sees bugs in the reference machine: stated cases, mutants under the oracle, and the machine alone, in belt, on code that no verifier took. */
import { BY_CODE } from "../../../sandbox/isa/table.ts";
import { CAUSE } from "../../../sandbox/machine/launch.ts";
import { runReference } from "../../../sandbox/machine/reference.ts";
import { MachineAlarm } from "../../../sandbox/machine/wave.ts";
import { newChecker } from "../../../sandbox/verifier/check.ts";
import { RULES } from "../../../sandbox/verifier/rules.ts";
import { mint } from "../../../sandbox/verifier/token.ts";
import { ALL_CASES } from "../../sandbox/cases/all.ts";
import { assembleOrThrow, differences, place, runCase } from "../../sandbox/harness.ts";
import { WALL_CASES, WALL_WORDS, type WallCase, WRONG_REGIONS } from "../../sandbox/wall-cases.ts";
import { run } from "../drive.ts";
import { corpus, onReference } from "../parts.ts";
import { randoms } from "../random.ts";
import { effort, seen } from "./detector.ts";

for (const { title, cases } of ALL_CASES) {
  for (const c of cases) {
    const lean = runCase(c, (token, launch) => runReference(token, launch));
    seen(`case ${title}, ${c.name}`, differences(c, lean));
    const belt = runCase(c, (token, launch) => runReference(token, launch, { belt: true }));
    seen(`case ${title}, ${c.name}, belt`, differences(c, belt));
  }
}
for (const c of WALL_CASES) seen(`wall ${c.name}`, wall(c));
seen("regions", regions());
seen("mutants", campaign(effort));
seen("unverified code", unverified(300 * effort));

function wall({ asm, ends, belt, expect = WALL_WORDS }: WallCase): string[] {
  const { debug: _, ...parts } = assembleOrThrow(asm);
  const token = mint(parts);
  const placed = place(token, { slots: Object.fromEntries(parts.slots.map((_, i) => [i, WALL_WORDS])), fuel: 10_000 });
  return caught(ends, () => {
    const { outcome, dirty, slots } = placed.result(runReference(token, placed.launch, { belt }));
    if (outcome.cause !== ends || dirty.length > 0) return [`cause ${outcome.cause}, not ${ends}, ${dirty.length} bytes changed outside`];
    return parts.slots.length === 0 || expect.every((word, i) => slots[0]![i] === word) ? [] : [`slot 0 is ${slots[0]}, not ${expect}`];
  });
}

/** Launches that a kernel would not make. */
function regions(): string[] {
  const { debug: _, ...parts } = assembleOrThrow(
    ".workgroup 4 1 1\n.slot 0 storage read min=16\n.loose\n.func main\n  st.32 v1, s0[0], K\n  ret\n.end",
  );
  const token = mint(parts);
  const { launch } = place(token, { slots: { 0: WALL_WORDS } });
  const region = { ...launch.regions[0]!, permissions: 7 };
  const run = (change: object) => runReference(token, { ...launch, regions: [{ ...region, ...change }] }).cause;
  const wrong = WRONG_REGIONS.flatMap((change) => caught("alarm", () => [`${JSON.stringify(change)} ends with cause ${run(change)}`]));
  const more = run({});
  return more === CAUSE.permission ? wrong : [...wrong, `a region that may more than its slot: cause ${more}`];
}

function caught(ends: "alarm" | number, run: () => string[]): string[] {
  try {
    return run();
  } catch (error) {
    return ends === "alarm" && error instanceof MachineAlarm ? [] : [String(error)];
  }
}

function campaign(n: number): string[] {
  const tally = run({ seed: 3, mutants: 30_000 * n, execute: onReference, corpus: corpus() }, newChecker(RULES));
  return tally.escapes.map((e) => `mutant ${e.mutant}: ${e.escape}`);
}

/** Random words in belt: an alarm or an end, and nothing outside changes. */
function unverified(rounds: number): string[] {
  const next = randoms(11);
  const ops = Array.from({ length: 0xe0 }, (_, op) => op).filter((op) => BY_CODE[op] !== undefined && BY_CODE[op] !== "ld.sync");
  for (let round = 0; round < rounds; round++) {
    const words = Array.from({ length: 6 }, () => {
      const isMemory = next() % 2 === 0;
      const op = isMemory ? 0x60 + (next() % 0x18) : ops[next() % ops.length]!;
      const low = (next() & 0x00070707) | ((next() & 0x00c0c000) >>> 0);
      const high = next() % 3 === 0 ? next() : ((next() & 0xf0000000) | (next() & 0x1f)) >>> 0;
      return `.word ${((low << 8) | op) & (isMemory ? 0x00ffffff : 0xffffffff)} ${high}`;
    });
    const asm = `.workgroup 4 1 1\n.slot 0 storage read write atomic min=16\n.loose\n.func main\n${words.join("\n")}\n  ret\n.end`;
    const { debug: _, ...parts } = assembleOrThrow(asm);
    const token = mint(parts);
    const placed = place(token, { slots: { 0: [1, 2, 3, 4] } });
    try {
      const { dirty } = placed.result(runReference(token, placed.launch, { belt: true }));
      if (dirty.length > 0) return [`${dirty.length} bytes outside changed by\n${asm}`.replaceAll("\n", " ")];
    } catch (error) {
      if (!(error instanceof MachineAlarm)) return [String(error)];
    }
  }
  return [];
}
