/** Programs that no verifier would take, run on the machine alone: how it must end each of them. */
import { CAUSE, type Region } from "../../sandbox/machine/launch.ts";

export interface WallCase {
  readonly name: string;
  readonly asm: string;
  /** an alarm, or a cause */
  readonly ends: "alarm" | number;
  readonly belt: boolean;
  /** words of slot 0 afterwards; 1, 2, 3, 4 where they are not stated */
  readonly expect?: readonly number[];
}

/** What slot 0 of every wall case holds at first. */
export const WALL_WORDS: readonly number[] = [1, 2, 3, 4];

const SLOT = ".slot 0 storage read write atomic min=16";
const program = (body: string, slot = SLOT) => `.workgroup 4 1 1\n${slot}\n.loose\n.func main\n${body}\n  ret\n.end`;

/** Words whose proof is wrong: they reach past a region of 16 bytes. */
const LIES = [
  "ld.32 v1, s0[16], K",
  "ld.128 v1, s0[4], K",
  "st.32 v1, s0[4], K, contig",
  "st.8 v1, s0[16], K",
  "ld.32 v1, s0[v2 + 4], N lim=12",
  "st.64 v1, s0[v2], N lim=12",
  "ld.32 v1, s0[v2], M bits=5",
  "at.add v1, s0[v2 + 12], M bits=3",
];

const PERMISSIONS = [
  ["ld.32 v1, s0[0], K", "write"],
  ["st.32 v1, s0[0], K", "read"],
  ["st.8 v1, s0[v2], C", "read"],
  ["at.add v1, s0[0], K", "read write"],
  ["at.ld v1, s0[0], K", "read"],
] as const;

/** Regions that do not fit a slot of 16 bytes that is read, each an alarm. */
export const WRONG_REGIONS: readonly Partial<Region>[] = [
  { kind: 1 },
  { base: 260 },
  { base: -16 },
  { base: Number.NaN },
  { size: 15 },
  { size: 2 ** 33 },
  { size: Number.NaN },
];

/** Lanes 2 and 3 are discarded: they load, and change nothing. */
const DISCARD = `  sys v0, lane
  shl v1, v0, #2
  uge v3, v0, #2
  if v3
    discard
  end
  ld.32 v4, s0[v1], C
  iadd v4, v4, #10
  st.32 v4, s0[v1], C
  at.add v4, s0[0], K`;

const BROKEN: Readonly<Record<string, string>> = {
  "no word at the end": ".func main\n  mov v0, #1\n.end",
  "a slot that does not exist": ".func main\n  ld.32 v1, s3[v0], Z\n  ret\n.end",
  "a break out of nothing": ".func main\n  brk 0\n  ret\n.end",
  "a break of too many levels": ".loose\n.func main\n  block.g\n    brk 1\n  end\n  ret\n.end",
  "a break by 2^32": ".loose\n.func main\n  block.g\n  .word 0xe6 0xffffffff\n  end\n  ret\n.end",
  "a break out of the caller": ".loose\n.func main\n  block.g\n    call f\n  end\n  ret\n.end\n.func f\n  brk 0\n  ret\n.end",
  "an end of nothing": ".loose\n.func main\n  end\n  ret\n.end",
  "an end of the caller's construct": ".loose\n.func main\n  block.g\n    call f\n  end\n  ret\n.end\n.func f\n  end\n  ret\n.end",
  "an end of the caller's construct, another opened instead":
    ".loose\n.func main\n  block.g\n    call f\n  end\n  ret\n.end\n.func f\n  end\n  block.g\n  ret\n  end\n  ret\n.end",
  "an else of nothing": ".loose\n.func main\n  else\n  ret\n.end",
  "an endloop of nothing when no lane is active": ".loose\n.func main\n  block.g ->2\n    brk 0\n  end\n  end\n  ret\n.end",
  "a function that does not exist": ".func main\n  call #7\n  ret\n.end",
  "a recursion": ".func main\n  call main\n  ret\n.end",
  "an op byte of no instruction": ".loose\n.func main\n  .word 0xfe 0\n  ret\n.end",
  "waves at different barriers":
    ".workgroup 8 1 1\n.func main\n  sys w0, wave\n  if w0\n    barrier workgroup\n  else\n    barrier workgroup\n  end\n  ret\n.end",
  "a wave that ends before a barrier": ".workgroup 8 1 1\n.func main\n  sys w0, wave\n  ret.if w0\n  barrier workgroup\n  ret\n.end",
  "constructs nested deeper than 255": `.func main\n${"block.g\n".repeat(256)}${"end\n".repeat(256)}ret\n.end`,
};

export const WALL_CASES: readonly WallCase[] = [
  ...LIES.map((word): WallCase => ({ name: word, asm: program(`  mov v2, #-1\n  ${word}`), ends: "alarm", belt: true })),
  ...[false, true].flatMap((belt) => [
    { name: "discarded lanes", asm: program(DISCARD), ends: CAUSE.end, belt, expect: [11 + 11 + 12, 12, 3, 4] } satisfies WallCase,
    ...PERMISSIONS.map(([word, permissions]): WallCase => {
      const slot = `.slot 0 storage ${permissions} min=16`;
      return { name: `${word} of a slot to ${permissions}`, asm: program(`  ${word}`, slot), ends: CAUSE.permission, belt };
    }),
    ...Object.entries(BROKEN).map(([name, asm]): WallCase => ({ name, asm, ends: "alarm", belt })),
  ]),
];
