/** Counters and hooks against numbers counted by hand. */
import { describe, expect, test } from "vitest";
import { Counters, classOf } from "../../sandbox/machine/counters.ts";
import type { Hooks } from "../../sandbox/machine/execute.ts";
import { CAUSE } from "../../sandbox/machine/launch.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { fill } from "./cases/build.ts";
import { type Case, place, tokenOf } from "./harness.ts";

function count(c: Pick<Case, "asm" | "slots" | "grid" | "fuel">, belt = false): Counters {
  const counters = new Counters();
  const token = tokenOf(c.asm);
  runReference(token, place(token, c).launch, { counters, belt });
  return counters;
}

/** Of a map's entries, those that are not 0. */
const some = (record: Readonly<Record<string, number>>) => Object.fromEntries(Object.entries(record).filter(([, n]) => n !== 0));

describe("counters", () => {
  test("words by class, active lanes, divergence, workgroups", () => {
    const c = count({
      asm: `.workgroup 6 1 1
.func main
  sys v0, lane
  ieq v1, v0, #0
  if v1
    fadd v2, v0, v0
    fsin v2, v2
  end
  vote.any w0, v1
  ret
.end`,
      grid: [3, 1, 1],
    });
    // two waves of 4 and 2 lanes, three workgroups
    expect(some(c.byClass())).toEqual({ move: 6, integer: 6, control: 18, float: 6, special: 6, lanes: 6 });
    expect([...c.activeLanes]).toEqual([0, 18, 15, 0, 15]);
    expect(c.divergences).toBe(6);
    expect(c.workgroups).toBe(3);
    expect(c.outcomes.end).toBe(1);
    expect(c.cycles).toBe(6 + 6 + 18 + 6 + 6 * 16 + 6);
  });

  test("checks made and elided, clamps, drops, transactions", () => {
    const asm = `.workgroup 4 1 1
.slot 0 storage read write min=64
.func main
  sys v0, lane
  shl v1, v0, #5
  ld.32 v2, s0[0], K, contig
  ld.32 v2, s0[v1], N lim=60
  ld.32 v2, s0[v1], M bits=6
  ld.32 v2, s0[v1], C
  ld.32 v2, s0[v1], Z
  mov w0, #4
  ld.32 w1, s0[w0], C
  ret
.end`;
    const c = count({ asm, slots: { 0: fill(16) } });
    const modes = Object.fromEntries(c.byMode().map(({ mode, made, elided }) => [mode, [made, elided]]));
    expect(modes).toEqual({ K: [0, 4], N: [0, 4], M: [0, 4], C: [5, 0], T: [0, 0], Z: [4, 0] });
    // offsets 0, 32, 64, 96: two lanes are past the end
    expect(c.clamped).toBe(6);
    expect(c.dropped).toBe(2);
    expect(c.accesses).toBe(6);
    const belted = count({ asm, slots: { 0: fill(16) } }, true);
    expect(belted.byMode().reduce((sum, { elided }) => sum + elided, 0)).toBe(0);
    expect(belted.byMode().reduce((sum, { made }) => sum + made, 0)).toBe(21);
  });

  test("transactions by lines of 64 bytes, bank conflicts of workgroup memory", () => {
    const c = count({
      asm: `.workgroup 4 1 1
.slot 0 storage read min=4
.slot 1 workgroup read write min=1024
.func main
  sys v0, lane
  shl v1, v0, #6
  ld.32 v2, s0[v1], C
  shl v1, v0, #7
  ld.32 v2, s1[v1], C
  ld.32 v2, s1[0], K
  ret
.end`,
      slots: { 0: fill(256) },
    });
    // four lines; four lines and three lanes that wait for bank 0; one line
    expect(c.transactions).toBe(9);
    expect(c.bankConflicts).toBe(3);
  });

  test("barriers and traps", () => {
    const c = count({
      asm: `.workgroup 8 1 1
.slot 0 storage read min=4
.func main
  barrier workgroup
  barrier storage
  sys v0, lane
  shl v0, v0, #2
  ld.32 v1, s0[v0], T
  ret
.end`,
      slots: { 0: fill(2) },
    });
    expect(c.barriers).toBe(2);
    expect(some(c.outcomes)).toEqual({ bounds: 1 });
    expect(some(count({ asm: ".func main\n  ret\n.end", fuel: 0 }).outcomes)).toEqual({ fuel: 1 });
  });

  test("classes", () => {
    expect(
      (["iadd", "fadd", "s2f", "fsin", "udiv", "shfl", "mov", "ld.32", "st.8", "at.add", "barrier", "if"] as const).map(classOf),
    ).toEqual(["integer", "float", "float", "special", "special", "lanes", "move", "load", "store", "atomic", "sync", "control"]);
  });
});

test("hooks see words in order, accesses before memory changes, and go together with counters", () => {
  const seen: string[] = [];
  const token = tokenOf(`.workgroup 2 1 1
.slot 0 storage read write min=16
.func main
  mov v1, #7
  st.32 v1, s0[0], K, contig
  barrier storage
  ret
.end`);
  const placed = place(token, { slots: { 0: [1, 2, 3, 4] } });
  const words = new Int32Array(placed.memory.buffer);
  const hooks: Hooks = {
    word: (wave) => seen.push(`${wave.index}:${wave.pc}`),
    access: (wave, _low, access) =>
      seen.push(`lanes ${access.lanes} of wave ${wave.index} at ${access.offset[1]}, now ${words[access.address[1]! >> 2]}`),
    barrier: (pc) => seen.push(`barrier ${pc}`),
    workgroup: (index) => seen.push(`workgroup ${index}`),
  };
  const counters = new Counters();
  const outcome = runReference(token, placed.launch, { hooks, counters });
  expect(outcome.cause).toBe(CAUSE.end);
  expect(seen).toEqual(["workgroup 0", "0:0", "0:1", "lanes 3 of wave 0 at 4, now 2", "0:2", "barrier 2", "0:3"]);
  expect(counters.accesses).toBe(1);
});
