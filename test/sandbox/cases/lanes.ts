/** Instructions across lanes, under every mask of a wave. */
import type { Case } from "../harness.ts";
import { fill, withIndex } from "./build.ts";

/** Values that tell lanes apart; zero among them. */
const VALUES = [0x80000001, 0, 0x12345678, 0xffffffff];

/** Runs `body` with the lanes of `mask` active; it leaves a result in v8 that is stored for all lanes from outside of the if. */
function masked(name: string, mask: number, body: string, result: (active: boolean[]) => number[]): Case {
  const active = [0, 1, 2, 3].map((lane) => ((mask >> lane) & 1) === 1);
  return {
    name: `${name} with lanes ${mask.toString(2).padStart(4, "0")}`,
    asm: withIndex(
      4,
      ".slot 0 storage read write min=16\n.slot 1 storage read min=16",
      `  ld.32 v3, s1[0], K, contig
  mov v2, #${mask}
  shr v2, v2, v1
  and v2, v2, #1
  mov v8, #0x5a5a
  if v2
${body}
  end
  st.32 v8, s0[0], K, contig`,
    ),
    slots: { 0: fill(4), 1: VALUES },
    expect: { 0: mask === 0 ? fill(4, 0x5a5a) : result(active) },
  };
}

const same = (value: number) => [value, value, value, value].map((v) => v >>> 0);

const shuffle = (active: boolean[], from: (lane: number) => number) =>
  [0, 1, 2, 3].map((lane) => {
    const source = from(lane);
    return source < 4 && active[source] ? VALUES[source]! : 0;
  });

export const LANE_CASES: readonly Case[] = Array.from({ length: 16 }, (_, mask) => mask).flatMap((mask): Case[] => [
  masked("vote.any", mask, "    vote.any w3, v3\n    mov v8, w3", (active) =>
    same(VALUES.some((v, i) => active[i] && v !== 0) ? 0xffffffff : 0),
  ),
  masked("vote.all", mask, "    vote.all w3, v3\n    mov v8, w3", (active) =>
    same(VALUES.every((v, i) => !active[i] || v !== 0) ? 0xffffffff : 0),
  ),
  masked("ballot", mask, "    ballot w3, v3\n    mov v8, w3", (active) =>
    same(VALUES.reduce((bits, v, i) => bits | (active[i] && v !== 0 ? 1 << i : 0), 0)),
  ),
  masked("first", mask, "    first w3, v3\n    mov v8, w3", (active) => same(VALUES[active.indexOf(true)] ?? 0)),
  masked("shfl by one", mask, "    shfl v8, v3, #3", (active) => shuffle(active, () => 3)),
  masked("shfl by lane", mask, "    iadd v4, v1, #1\n    shfl v8, v3, v4", (active) => shuffle(active, (lane) => lane + 1)),
  masked("shfl by a scalar in place", mask, "    mov w4, #2\n    mov v8, v3\n    shfl v8, v8, w4", (active) => shuffle(active, () => 2)),
  masked("shfl out of range", mask, "    mov v4, #0x80000000\n    iadd v4, v4, v1\n    shfl v8, v3, v4", () => same(0)),
  masked("quad swap", mask, "    quad v8, v3, #0xb1", (active) => shuffle(active, (lane) => lane ^ 1)),
  masked("quad by a register", mask, "    mov v4, #0x1b\n    quad v8, v3, v4", (active) => shuffle(active, (lane) => 3 - lane)),
  masked("mov.m", mask, "    mov.m v8, v3", (active) => VALUES.map((v, i) => (active[i] ? v : 0x5a5a))),
  masked("mov.m of a scalar", mask, "    mov w4, #9\n    mov.m v8, w4", (active) => active.map((on) => (on ? 9 : 0x5a5a))),
  masked("mov.m immediate", mask, "    mov.m v8, #-2", (active) => active.map((on) => (on ? 0xfffffffe : 0x5a5a))),
  masked("loads give inactive lanes 0", mask, "    ld.32 v8, s1[0], K, contig", (active) => VALUES.map((v, i) => (active[i] ? v : 0))),
  masked("a broadcast load gives inactive lanes 0", mask, "    ld.32 v8, s1[8], K", (active) => active.map((on) => (on ? VALUES[2]! : 0))),
  masked("a scalar load", mask, "    ld.32 w3, s1[8], K\n    mov v8, w3", () => same(VALUES[2]!)),
]);
