/** Fuel: what is charged, and that a launch ends exactly where it is used up. One wave, so that the place is defined. */
import { CAUSE } from "../../../sandbox/machine/launch.ts";
import type { Case } from "../harness.ts";
import { fill } from "./build.ts";

interface Costed {
  readonly name: string;
  readonly asm: string;
  readonly grid?: readonly [number, number, number];
  /** charges in order: units and the word charged */
  readonly charges: readonly (readonly [number, number])[];
}

const LOOP = `.workgroup 4 1 1
.func main
  mov v0, #0
  sys v1, lane
  loop.v
    iadd v0, v0, #1
    ugt v2, v0, v1
    brk.if v2, 0
  endloop
  ret
.end`;

const CALLS = `.workgroup 1 1 1
.func main
  call f
  mov g0, #2
  loop.g
    call g
    isub g0, g0, #1
    ieq g1, g0, #0
    brk.if g1, 0
  endloop
  ret
.end
.func f
  call g
  ret
.end
.func g
  mov v0, #1
  mov v0, #2
  ret
.end`;

const COSTED: readonly Costed[] = [
  { name: "straight code", asm: ".func main\n  mov v0, #1\n  ret\n.end", charges: [[2, 0]] },
  {
    name: "each workgroup of a grid",
    asm: ".func main\n  mov v0, #1\n  ret\n.end",
    grid: [2, 3, 1],
    charges: [1, 2, 3, 4, 5, 6].map(() => [2, 0] as const),
  },
  // lanes leave after 1, 2, 3 and 4 rounds: the loop repeats three times
  {
    name: "a loop of the slowest lane",
    asm: LOOP,
    charges: [
      [8, 0],
      [4, 2],
      [4, 2],
      [4, 2],
    ],
  },
  {
    name: "calls",
    asm: CALLS,
    charges: [
      [9, 0],
      [2, 0],
      [3, 9],
      [3, 3],
      [5, 2],
      [3, 3],
    ],
  },
];

export const FUEL_CASES: readonly Case[] = COSTED.flatMap(({ name, asm, grid = [1, 1, 1] as const, charges }) => {
  const total = charges.reduce((sum, [units]) => sum + units, 0);
  const cases: Case[] = [
    { name: `fuel of ${name}: all that is needed`, asm, grid, fuel: total, fuelUsed: total },
    { name: `fuel of ${name}: plenty`, asm, grid, fuel: 1e12, fuelUsed: total },
  ];
  // With one unit too few at each of the charges in turn, the launch ends at that one.
  let before = 0;
  for (const [units, pc] of charges) {
    for (const fuel of [before, before + units - 1]) {
      cases.push({
        name: `fuel of ${name}: ${fuel} of ${total}`,
        asm,
        grid,
        fuel,
        fuelUsed: fuel,
        outcome: { cause: CAUSE.fuel, pc, lane: -1, slot: -1, offset: -1 },
      });
    }
    before += units;
  }
  return cases;
});

/** More waves: the sum is the same in any order, and the cause where it does not suffice. */
const WAVES = `.workgroup 10 1 1
.slot 0 workgroup read write min=4
.func main
  mov g0, #3
  loop.g
    barrier workgroup
    isub g0, g0, #1
    ieq g1, g0, #0
    brk.if g1, 0
  endloop
  ret
.end`;

/** 3 waves: 8 words each, and two repetitions of 5 words each. */
const WAVES_TOTAL = 3 * 8 + 2 * 3 * 5;

export const WAVE_FUEL_CASES: readonly Case[] = [
  { name: "fuel of three waves with barriers", asm: WAVES, fuel: WAVES_TOTAL, fuelUsed: WAVES_TOTAL },
  {
    name: "fuel of three waves, one too few",
    asm: WAVES,
    fuel: WAVES_TOTAL - 1,
    fuelUsed: WAVES_TOTAL - 1,
    outcome: { cause: CAUSE.fuel },
  },
  { name: "no fuel at all", asm: WAVES, fuel: 0, fuelUsed: 0, outcome: { cause: CAUSE.fuel, pc: 0 } },
  {
    name: "a trap in the first workgroup, with too little fuel for the last",
    asm: ".workgroup 4 1 1\n.slot 0 storage read min=4\n.func main\n  mov g0, #64\n  ld.32 g0, s0[g0], T\n  ret\n.end",
    slots: { 0: { words: [1] } },
    grid: [4, 1, 1],
    fuel: 7,
    outcome: { cause: CAUSE.bounds, pc: 1, workgroup: 0, lane: 0, slot: 0, offset: 64 },
  },
  {
    name: "an endless loop ends",
    asm: ".workgroup 8 1 1\n.func main\n  loop.g\n  endloop\n  ret\n.end",
    fuel: 100_000,
    fuelUsed: 100_000,
    outcome: { cause: CAUSE.fuel },
  },
  {
    name: "stores before the end of fuel may be there, but only in the region",
    asm: `.workgroup 4 1 1
.slot 0 storage read write min=4
.func main
  mov v1, #1
  loop.v
    st.32 v1, s0[v0], T
  endloop
  ret
.end`,
    fuel: 1000,
    slots: { 0: fill(4) },
    outcome: { cause: CAUSE.fuel, pc: 1 },
  },
];
