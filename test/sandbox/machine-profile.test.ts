/** Profiles against numbers counted by hand, and against the totals that counters.ts counts in its own way. */
import { describe, expect, test } from "vitest";
import { Counters } from "../../sandbox/machine/counters.ts";
import { Profile } from "../../sandbox/machine/profile.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { Token } from "../../sandbox/verifier/token.ts";
import { fill } from "./cases/build.ts";
import { type Case, place, tokenOf } from "./harness.ts";

function profile(c: Pick<Case, "asm" | "slots" | "grid" | "fuel">, launches = 1): { profile: Profile; counters: Counters } {
  const token = tokenOf(c.asm);
  const result = new Profile();
  const counters = new Counters();
  for (let i = 0; i < launches; i++) {
    const outcome = runReference(token, place(token, c).launch, { counters, hooks: result.start(Token.program(token)) });
    result.end(outcome);
  }
  return { profile: result, counters };
}
const sum = (column: Float64Array) => column.reduce((a, b) => a + b, 0);

const BRANCHES = `.workgroup 6 1 1
.slot 0 storage read write min=64
.func main
  sys v0, lane
  ieq v1, v0, #0
  if v1
    fsin v2, v2
  end
  shl v1, v0, #6
  ld.32 v2, s0[0], K, contig
  ld.32 v2, s0[v1], C
  ret
.end`;

describe("profile", () => {
  test("by word: executions, active lanes, divergence, memory, checks", () => {
    const { words } = profile({ asm: BRANCHES, slots: { 0: fill(16) }, grid: [2, 1, 1] }).profile;
    // two workgroups of two waves, of 4 and of 2 lanes
    expect([...words.executed]).toEqual([4, 4, 4, 4, 4, 4, 4, 4, 4]);
    expect([...words.lanes]).toEqual([12, 12, 12, 4, 4, 12, 12, 12, 12]);
    expect([...words.divergences]).toEqual([0, 0, 4, 0, 0, 0, 0, 0, 0]);
    expect([...words.accesses]).toEqual([0, 0, 0, 0, 0, 0, 4, 4, 0]);
    expect(words.checksElided[6]).toBe(12);
    expect(words.checksMade[7]).toBe(12);
    // lanes at 0, 60 (64 and 128 clamped): all in one line of 64 bytes
    expect([...words.transactions]).toEqual([0, 0, 0, 0, 0, 0, 4, 4, 0]);
    expect(words.cycles[3]).toBe(4 * 16);
  });

  test("sums are the totals, over several launches", () => {
    const { profile: p, counters } = profile({ asm: BRANCHES, slots: { 0: fill(16) }, grid: [3, 2, 1] }, 2);
    expect(sum(p.words.cycles)).toBe(counters.cycles);
    expect(p.totals.cycles).toBe(counters.cycles);
    expect(sum(p.words.divergences)).toBe(counters.divergences);
    expect(sum(p.words.transactions)).toBe(counters.transactions);
    expect(sum(p.words.checksMade)).toBe(sum(counters.checksMade));
    expect(sum(p.words.checksElided)).toBe(sum(counters.checksElided));
    expect(p.totals.outcomes.end).toBe(2);
    expect(p.nodes.map((node) => sum(node.cycles))).toEqual([counters.cycles]);
  });

  test("calls: a node for each chain of callers", () => {
    const asm = `.workgroup 4 1 1
.func main
  call leaf
  call middle
  call leaf
  ret
.end
.func middle
  call leaf
  ret
.end
.func leaf
  sys v0, lane
  ret
.end`;
    const { nodes } = profile({ asm }).profile;
    expect(nodes.map(({ parent, fn }) => [parent, fn])).toEqual([
      [-1, 0],
      [0, 2],
      [0, 1],
      [2, 2],
    ]);
    expect([...nodes[1]!.cycles]).toEqual([...nodes[3]!.cycles].map((n) => 2 * n));
  });

  test("another program is counted in the totals only", () => {
    const p = new Profile();
    for (const body of ["sys v0, lane\n", "sys v0, lane\n  sys v0, lane\n"]) {
      const token = tokenOf(`.workgroup 4 1 1\n.func main\n  ${body}  ret\n.end`);
      p.end(runReference(token, place(token, {}).launch, { hooks: p.start(Token.program(token)) }));
    }
    expect(sum(p.words.executed)).toBe(2);
    expect(sum(p.totals.words)).toBe(5);
  });
});
