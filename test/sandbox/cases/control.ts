/** Control flow: expected words are reasoned lane by lane, as a scalar program would run. */
import type { Case } from "../harness.ts";
import { FILL, fill, OUT, perLane, withIndex } from "./build.ts";

const STORE = "  st.32 v9, s0[w0], C, contig";

/** One word per invocation of `size`, from a body that leaves it in v9. */
function lanesCase(name: string, size: number, body: string, word: (i: number) => number, functions = ""): Case {
  return {
    name,
    asm: withIndex(size, OUT, `${body}\n${STORE}`, functions),
    slots: { 0: fill(size) },
    expect: { 0: perLane(size, word) },
  };
}

/** Sum of k < n by a loop, for n = i. */
const triangle = (n: number) => (n * (n - 1)) / 2;

export const CONTROL_CASES: readonly Case[] = [
  lanesCase(
    "if and else by lane",
    8,
    `  and v2, v0, #1
  if v2
    mov.m v9, #10
  else
    mov.m v9, #20
  end`,
    (i) => (i % 2 === 1 ? 10 : 20),
  ),
  lanesCase(
    "if without else, taken by none, some and all lanes of a wave",
    12,
    `  mov v9, #1
  ult v2, v0, #6
  if v2
    mov.m v9, v0
  end
  iadd v9, v9, #100`,
    (i) => (i < 6 ? i : 1) + 100,
  ),
  lanesCase(
    "unmasked writes reach inactive lanes, mov.m does not",
    4,
    `  mov v9, #1
  mov v8, #1
  ieq v2, v1, #2
  if v2
    mov v9, #7
    mov.m v8, #7
  end
  shl v8, v8, #8
  or v9, v9, v8`,
    (i) => 7 | ((i === 2 ? 7 : 1) << 8),
  ),
  lanesCase(
    "nested ifs",
    8,
    `  and v2, v0, #1
  and v3, v0, #2
  if v2
    if v3
      mov.m v9, #3
    else
      mov.m v9, #1
    end
    iadd v8, v9, #10
    mov.m v9, v8
  else
    if v3
      mov.m v9, #2
    end
  end`,
    (i) => [0, 11, 2, 13][i % 4]!,
  ),
  lanesCase(
    "a loop with a trip count per lane",
    8,
    `  mov v2, #0
  loop.v
    uge v3, v2, v0
    brk.if v3, 0
    iadd v4, v9, v2
    mov.m v9, v4
    iadd v2, v2, #1
  endloop`,
    triangle,
  ),
  lanesCase(
    "a break inside an if leaves if and loop",
    8,
    `  mov v2, #0
  loop.v
    ieq v3, v2, v0
    if v3
      iadd v4, v2, #100
      mov.m v9, v4
      brk 1
    end
    iadd v2, v2, #1
  endloop`,
    (i) => i + 100,
  ),
  lanesCase(
    "a block as continue",
    8,
    `  mov v2, #0
  loop.v
    block.v
      uge v3, v2, #10
      brk.if v3, 1
      and v4, v2, #1
      brk.if v4, 0
      imul v5, v2, v0
      iadd v5, v9, v5
      mov.m v9, v5
    end
    iadd v2, v2, #1
  endloop`,
    (i) => 20 * i,
  ),
  lanesCase(
    "a break over several levels",
    8,
    `  mov v2, #0
  loop.v
    mov v3, #0
    loop.v
      imul v4, v2, #4
      iadd v4, v4, v3
      ieq v5, v4, v0
      if v5
        block.v
          iadd v6, v4, #50
          mov.m v9, v6
          brk 3
        end
      end
      iadd v7, v3, #1
      mov.m v3, v7
      uge v5, v3, #4
      brk.if v5, 0
    endloop
    iadd v7, v2, #1
    mov.m v2, v7
  endloop`,
    (i) => i + 50,
  ),
  lanesCase(
    "code after a break of all lanes is skipped",
    4,
    `  mov v9, #1
  block.v
    brk 0
    mov v9, #2
    st.32 v9, s0[v9], T
  end
  iadd v9, v9, #4`,
    () => 5,
  ),
  lanesCase(
    "a loop that is left in its first round",
    4,
    `  loop.g
    mov v9, #9
    brk 0
  endloop`,
    () => 9,
  ),
  lanesCase(
    "an empty construct of each kind",
    4,
    `  block.g
  end
  block.w
  end
  block.v
  end
  if v1
  end
  if v1
  else
  end
  mov v9, #3`,
    () => 3,
  ),
  lanesCase(
    "w ifs part waves",
    12,
    `  sys w2, wave
  and w3, w2, #1
  if w3
    mov v9, #5
  else
    mov v9, w2
  end`,
    (i) => [0, 5, 2][i >> 2]!,
  ),
  lanesCase(
    "w loops by wave",
    12,
    `  sys w2, wave
  mov w3, #0
  loop.w
    uge w4, w3, w2
    brk.if w4, 0
    iadd w3, w3, #1
    iadd v9, v9, v0
  endloop`,
    (i) => (i >> 2) * i,
  ),
  lanesCase(
    "g loops for the workgroup",
    8,
    `  mov g0, #0
  loop.g
    uge g1, g0, #5
    brk.if g1, 0
    iadd v9, v9, g0
    iadd g0, g0, #1
  endloop`,
    () => 10,
  ),
  lanesCase(
    "g if inside v if, and g break of a v loop",
    8,
    `  mov g0, #1
  and v2, v0, #1
  if v2
    if g0
      mov.m v9, #1
    else
      mov.m v9, #2
    end
  end
  loop.v
    mov v3, #8
    brk.if g0, 0
    mov v3, #9
  endloop
  iadd v9, v9, v3`,
    (i) => (i % 2) + 8,
  ),
  lanesCase(
    "an inner loop runs again for lanes that come later",
    8,
    `  mov v2, #0
  loop.v
    uge v3, v2, v1
    brk.if v3, 0
    mov v4, #0
    loop.v
      ugt v5, v4, v2
      brk.if v5, 0
      iadd v6, v9, #1
      mov.m v9, v6
      iadd v4, v4, #1
    endloop
    iadd v2, v2, #1
  endloop`,
    (i) => triangle((i % 4) + 1),
  ),
  lanesCase(
    "lanes that left an outer loop stay out of inner ends",
    4,
    `  mov v2, #0
  loop.v
    if v1
      ieq v3, v2, v1
      brk.if v3, 1
    end
    iadd v4, v9, #1
    mov.m v9, v4
    iadd v2, v2, #1
    uge v3, v2, #6
    brk.if v3, 0
  endloop`,
    (i) => (i === 0 ? 6 : i),
  ),
  {
    name: "an early return keeps lanes from storing",
    asm: withIndex(8, OUT, `  and v2, v0, #1\n  ret.if v2\n  mov v9, #1\n${STORE}`),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => (i % 2 === 1 ? FILL : 1)) },
  },
  {
    name: "a return inside a loop inside an if",
    asm: withIndex(
      8,
      OUT,
      `  mov v2, #0
  if v1
    loop.v
      iadd v2, v2, #1
      ieq v3, v2, v1
      if v3
        mov v9, #77
${STORE}
        ret
      end
    endloop
  end
  mov v9, #5
${STORE}`,
    ),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => (i % 4 === 0 ? 5 : 77)) },
  },
  {
    name: "a return of all lanes ends the wave",
    asm: withIndex(8, OUT, `  mov v9, #1\n  ult v2, v0, #4\n  ret.if v2\n${STORE}`),
    slots: { 0: fill(8) },
    expect: { 0: perLane(8, (i) => (i < 4 ? FILL : 1)) },
  },
  ...[1, 2, 3, 5, 6, 7].map(
    (size): Case => ({
      name: `lanes past the end of a workgroup of ${size} do nothing`,
      asm: withIndex(size, OUT, `  iadd v9, v0, #1\n${STORE}\n  mov v2, #1\n  at.add v2, s0[28], K`).replace("min=4", "min=32"),
      slots: { 0: fill(8, 0) },
      expect: { 0: perLane(8, (i) => (i === 7 ? size : i < size ? i + 1 : 0)) },
    }),
  ),
  {
    name: "an empty dispatch does nothing",
    asm: withIndex(4, OUT, STORE),
    grid: [3, 0, 2],
    slots: { 0: fill(4) },
    expect: { 0: fill(4) },
    fuelUsed: 0,
  },
  {
    name: "workgroup ids and counts over a grid",
    asm: `.workgroup 1 1 1
.slot 0 storage read write min=4
.func main
  sys g0, workgroup_id.z
  sys g1, num_workgroups.y
  imul g0, g0, g1
  sys g1, workgroup_id.y
  iadd g0, g0, g1
  sys w0, num_workgroups.x
  imul w0, w0, g0
  sys v0, workgroup_id.x
  iadd v0, v0, w0
  sys v1, num_workgroups.z
  imul v1, v1, #1000
  iadd v1, v1, v0
  shl v0, v0, #2
  st.32 v1, s0[v0], T
  ret
.end`,
    grid: [3, 2, 4],
    slots: { 0: fill(24) },
    expect: { 0: perLane(24, (i) => 4000 + i) },
  },
  {
    name: "a workgroup in three dimensions",
    asm: withIndex(24, OUT, `  mov v9, v0\n${STORE}`).replace(".workgroup 24 1 1", ".workgroup 2 3 4"),
    slots: { 0: fill(24) },
    expect: { 0: perLane(24, (i) => i) },
  },
  {
    name: "registers are zero in each workgroup",
    asm: withIndex(
      8,
      OUT,
      `  iadd v9, v9, w9
  iadd v9, v9, g9
  iadd v9, v9, v20
  at.add v9, s0[w0], C
  mov v20, #1
  mov v9, #1
  mov w9, #1
  mov g9, #1`,
    ),
    grid: [3, 1, 1],
    slots: { 0: fill(8, 5) },
    expect: { 0: fill(8, 5) },
  },
];
