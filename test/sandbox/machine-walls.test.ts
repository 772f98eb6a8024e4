/**
 * The machine by itself, without the verifier before it: its own decoder, region checks and alarms. Tokens here are minted from code that
 * was never checked.
 */
import { describe, expect, test } from "vitest";
import { accessK, accessM, accessN } from "../../sandbox/isa/encode.ts";
import { PERM } from "../../sandbox/isa/modes.ts";
import { BY_CODE, ISA } from "../../sandbox/isa/table.ts";
import { isAccess, needsOf, widthOf } from "../../sandbox/machine/access.ts";
import { ARITHMETIC } from "../../sandbox/machine/lanes.ts";
import { CAUSE } from "../../sandbox/machine/launch.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { MachineAlarm } from "../../sandbox/machine/wave.ts";
import { mint, Token } from "../../sandbox/verifier/token.ts";
import { FILL, fill } from "./cases/build.ts";
import { assembleOrThrow, place, type Result } from "./harness.ts";
import { randoms } from "./oracle.ts";
import { WALL_CASES, WALL_WORDS, WRONG_REGIONS } from "./wall-cases.ts";

interface Given {
  readonly slots?: Readonly<Record<number, readonly number[]>>;
  readonly belt?: boolean;
  readonly permissions?: number;
  readonly fuel?: number;
}

/** Runs text that no verifier has seen. */
function runUnverified(asm: string, { slots, belt = true, permissions, fuel }: Given = {}): Result {
  const { debug: _, ...program } = assembleOrThrow(asm);
  const token = mint(program);
  const placed = place(token, { ...(slots === undefined ? {} : { slots }), ...(fuel === undefined ? {} : { fuel }) });
  const regions = placed.launch.regions.map((r) => (permissions === undefined ? r : { ...r, permissions }));
  return placed.result(runReference(token, { ...placed.launch, regions }, { belt }));
}

describe("the machine's decoder", () => {
  test("agrees with the instruction table on every op byte", () => {
    for (let op = 0; op < 256; op++) {
      const m = BY_CODE[op];
      const row = m === undefined ? undefined : ISA[m];
      expect(isAccess(op), `op ${op}`).toBe(row !== undefined && row.width > 0);
      expect(ARITHMETIC.alu[op] !== undefined, `op ${op}`).toBe(row?.form === "alu" && m !== "sys");
      if (row === undefined || row.width === 0) continue;
      expect(widthOf(op), m).toBe(row.width);
      expect(needsOf(op), m).toBe({ load: PERM.read, sync: PERM.read, store: PERM.write, atomic: PERM.atomic }[row.effect as "load"]);
    }
  });

  test("every op byte that the table does not have is an alarm", () => {
    for (let op = 0; op < 256; op++) {
      if (BY_CODE[op] !== undefined) continue;
      expect(() => runUnverified(`.func main\n.word ${op} 0\n  ret\n.end`), `op ${op}`).toThrow(MachineAlarm);
    }
  });
});

const SLOT = ".slot 0 storage read write atomic min=16";
const program = (body: string, head = SLOT) => `.workgroup 4 1 1\n${head}\n.loose\n.func main\n${body}\n  ret\n.end`;

describe("belt", () => {
  test("checked modes need no proof, lean or belt", () => {
    const next = randoms(17);
    for (const belt of [false, true]) {
      for (let round = 0; round < 90; round++) {
        const offset = (next() % 5) * 4;
        const asm = program(
          `  mov v2, #${next()}\n  st.${[8, 16, 32, 64, 96, 128][round % 6]} v1, s0[v2 + ${offset}], ${"CTZ"[round % 3]}`,
        );
        const result = runUnverified(asm, { slots: { 0: fill(4) }, belt });
        expect(result.dirty).toEqual([]);
      }
    }
  });
});

describe("permissions", () => {
  test.each([
    ["ld.32 v1, s0[0], K", PERM.write],
    ["st.32 v1, s0[0], K", PERM.read],
    ["at.add v1, s0[0], K", PERM.read | PERM.write],
    ["at.ld v1, s0[0], K", PERM.read],
  ] as const)("%s", (word, permissions) => {
    for (const belt of [false, true]) {
      const result = runUnverified(program(`  ${word}`), { slots: { 0: fill(4) }, belt, permissions });
      expect(result.outcome).toMatchObject({ cause: CAUSE.permission, pc: 0, slot: 0 });
      expect(result.slots[0]).toEqual(fill(4));
    }
  });
});

test("discarded lanes run on and load, but store nothing", () => {
  const asm = program(
    `  sys v0, lane
  shl v1, v0, #2
  mov v2, #5
  uge v3, v0, #2
  if v3
    discard
  end
  ld.32 v4, s0[v1], C
  shfl v5, v4, #3
  st.32 v5, s0[v1], C
  at.add v2, s1[0], K
  at.ld v6, s1[0], K
  st.32 v2, s2[v1], C
  block.v
    ret.if v3
  end
  st.32 v6, s3[v1], C`,
    `${SLOT}\n${[1, 2, 3].map((i) => SLOT.replace("0", String(i))).join("\n")}`,
  );
  const result = runUnverified(asm, { slots: { 0: [1, 2, 3, 4], 1: [0, 0, 0, 0], 2: fill(4), 3: fill(4) } });
  expect(result.slots).toEqual({ 0: [4, 4, 3, 4], 1: [10, 0, 0, 0], 2: [0, 5, FILL, FILL], 3: [10, 10, FILL, FILL] });
});

describe("alarms", () => {
  test.each(WALL_CASES.map((c) => [`${c.name}${c.belt ? ", belt" : ""}`, c] as const))("%s", (_, { asm, ends, belt, expect: words }) => {
    const slots = asm.includes(".slot 0") ? { slots: { 0: WALL_WORDS } } : {};
    if (ends === "alarm") expect(() => runUnverified(asm, { belt, ...slots })).toThrow(MachineAlarm);
    else expect(runUnverified(asm, { belt, ...slots })).toMatchObject({ outcome: { cause: ends }, slots: { 0: words ?? WALL_WORDS } });
  });

  test("constructs nested deeper than 255", () => {
    const nest = (depth: number) => `.func main\n${"block.g\n".repeat(depth)}${"end\n".repeat(depth)}ret\n.end`;
    expect(runUnverified(nest(255)).outcome.cause).toBe(CAUSE.end); // 256 are a wall case
  });

  test("a region that does not fit its slot", () => {
    const { debug: _, ...parts } = assembleOrThrow(program("  ld.32 v1, s0[0], K"));
    const token = mint(parts);
    const { launch } = place(token, { slots: { 0: fill(4) } });
    const region = launch.regions[0]!;
    const wrong = WRONG_REGIONS.map((change) => ({ ...region, ...change }));
    for (const r of wrong) expect(() => runReference(token, { ...launch, regions: [r] }), JSON.stringify(r)).toThrow(MachineAlarm);
    expect(() => runReference(token, { ...launch, regions: [] })).toThrow(MachineAlarm);
    expect(runReference(token, launch).cause).toBe(CAUSE.end);
  });

  test("what is no token does not run", () => {
    const { launch } = place(mint(assembleOrThrow(program(""))), { slots: { 0: fill(4) } });
    for (const forged of [{}, Object.create(Token.prototype)]) expect(() => runReference(forged, launch)).toThrow(TypeError);
  });
});

test("random unverified accesses and arithmetic touch nothing outside, and end in no other error than an alarm", () => {
  const next = randoms(2024);
  const straight = Array.from({ length: 0xe0 }, (_, op) => op).filter((op) => BY_CODE[op] !== undefined && BY_CODE[op] !== "ld.sync");
  let alarms = 0;
  for (let round = 0; round < 800; round++) {
    const words = Array.from({ length: 6 }, () => {
      const op = straight[next() % straight.length]!;
      const isMemory = op >= 0x60 && op < 0x80;
      const accesses = [accessK(next() % 24), accessN((next() % 5) * 4, (next() % 5) * 4), accessM((next() % 4) * 4, next() % 6), next()];
      const high = isMemory ? accesses[next() % 4]! : next();
      const low = (next() & 0x00070707) | ((next() & 0x00c0c000) >>> 0);
      return `.word ${((low << 8) | op) & (isMemory ? 0x00ffffff : 0xffffffff)} ${high}`;
    });
    try {
      const result = runUnverified(program(words.join("\n")), { slots: { 0: fill(4) } });
      expect(result.dirty).toEqual([]);
    } catch (error) {
      expect(error).toBeInstanceOf(MachineAlarm);
      alarms++;
    }
  }
  expect(alarms).toBeGreaterThan(80);
  expect(alarms).toBeLessThan(720);
});
