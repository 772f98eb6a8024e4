/** Programs on which one of the fast tier's shortcuts would be wrong if it did not look: each was written against a bug planted there. */

/**
 * Slots: 0 input of 700 bytes, 1 output, 2 uniform, 3 workgroup memory. w0 = 4 * wave, v0 = local index, g3 = 1, g4 = 0 (but that is
 * loaded).
 */
function program(size: number, body: string): string {
  return `.workgroup ${size} 1 1
.slot 0 storage read min=64
.slot 1 storage read write min=4096
.slot 2 uniform read min=16
.slot 3 workgroup read write min=1024
.func main
  ld.32 g3, s2[0], K
  ld.32 g4, s2[4], K
  sys w0, wave
  shl w0, w0, #2
  sys v0, lane
  iadd v0, v0, w0
${body}
  ret
.end`;
}
/** Stores v9 as lane's result number k. */
const give = (k: number, value = "v9") => `  shl w60, w0, #2\n  st.32 ${value}, s1[w60 + ${k * 256}], C, contig`;

/** More values live around a loop than a processor has registers. */
const SUMS = Array.from({ length: 30 }, (_, k) => 20 + k);
const startSums = SUMS.map((r) => `  imul v${r}, v0, #${r}`).join("\n");
const addToSums = SUMS.map((r) => `    iadd v${r}, v${r}, v${r % 2 === 0 ? 0 : 7}`).join("\n");
const mergeSums = SUMS.map((r) => `    iadd v6, v${r}, v0\n    mov.m v${r}, v6`).join("\n");
const giveSums = SUMS.map((r) => `  imul v9, v9, #5\n  xor v9, v9, v${r}`).join("\n");

export const SPECIAL_PROGRAMS: Readonly<Record<string, string>> = {
  "a construct that all lanes left past: what stands behind it is not run": program(
    16,
    `  mov v9, #3
  block.v
    block.v
      uge v7, v0, #4
      brk.if v7, 1
      uge v7, v0, #2
      brk.if v7, 1
    end
    mov v9, #5
    iadd v8, v0, #7
    mov v9, v8
  end
${give(0)}`,
  ),
  "what lanes that do not run had written to them, before the others merge": program(
    16,
    `  mov v9, #1
  ult v7, v0, #6
  if v7
    iadd v9, v0, #70
    mov.m v9, v7
  end
${give(0)}`,
  ),
  "an offset of a g register that each wave has just written": program(
    64,
    `  mov g5, #1
  barrier workgroup
  sys w1, wave
  imul w7, w1, g5
  if g3
    imul g5, g5, #1000
  end
  imul w8, w1, g5
  ld.32 v9, s0[w8 + 4], C, contig
  iadd v9, v9, w7
${give(0)}`,
  ),
  "a broadcast load in a loop that one wave of a pair has left": program(
    16,
    `  xor v9, v0, #15
  mov w6, #0
  mov v5, #0
  loop.v
    uge w7, w6, #9
    brk.if w7, 0
    ld.32 v8, s2[0], K
    uge v7, v9, #12
    brk.if v7, 0
    iadd v9, v9, v8
    iadd v6, v5, v9
    mov.m v5, v6
    iadd w6, w6, #1
  endloop
${give(0, "v5")}`,
  ),
  "waves below a limit come back when the index wraps": program(
    64,
    `  mov v9, #0
  mov g11, #3
  loop.g
    barrier workgroup
    imul v12, v0, #0x20000000
    ult v12, v12, g11
    if v12
      iadd v8, v9, #1
      mov.m v9, v8
    end
    barrier workgroup
    isub g11, g11, #1
    ieq g12, g11, #0
    brk.if g12, 0
  endloop
${give(0)}`,
  ),
  "waves below a limit are not the first ones": program(
    64,
    `  mov v9, #0
  barrier workgroup
  and v12, v0, #7
  ult v12, v12, #3
  if v12
    iadd v8, v9, #1
    mov.m v9, v8
  end
  barrier workgroup
${give(0)}`,
  ),
  "a bound that is past 64 bits": program(
    64,
    `  imul w4, w0, #0x10000000
  imul w4, w4, #0x10000000
  imul w4, w4, #0x10000000
  iadd w4, w4, #4
  ld.32 v9, s0[w4], C, contig
${give(0)}
  imul w4, w0, #0x01010101
  ld.32 v9, s0[w4], Z, contig
${give(1)}`,
  ),
  "an offset times a register of the workgroup that waves write": program(
    64,
    `  mov g11, #0
  if g3
    mov g11, #60
  end
  imul w4, w0, g11
  ld.32 v9, s0[w4], C, contig
${give(0)}`,
  ),
  "an offset that a construct makes smaller for some waves": program(
    64,
    `  uge v12, v0, #60
  imul w5, w0, #40
  if v12
    mov w5, #0
  end
  ld.32 v9, s0[w5], C, contig
${give(0)}`,
  ),
  "an offset that a construct changes": program(
    64,
    `  shl w4, w0, #2
  ld.32 v9, s0[w4], C, contig
${give(0)}
  uge v12, v0, #60
  if v12
    imul w4, w4, #5
  end
  ld.32 v9, s0[w4], C, contig
${give(1)}
  if v12
    iadd w4, w4, #400
  else
    iadd w4, w4, #100
  end
  ld.32 v9, s0[w4], Z, contig
${give(2)}`,
  ),
  // bounds of values (most.ts); g8 = 400, which is known of no register that is made of loaded ones
  "a bound of an exit, after the block that it leaves": program(
    16,
    `  imul g8, g3, #400
  block.g
    uge g9, g8, #16
    brk.if g9, 0
    mov g10, #1
  end
  ld.32 v9, s0[g8], N lim=60
${give(0)}`,
  ),
  "a bound of an exit, in the other part of an if": program(
    16,
    `  imul g8, g3, #400
  block.g
    if g4
      uge g9, g8, #16
      brk.if g9, 1
      mov g10, #1
    else
      ld.32 v9, s0[g8], N lim=60
    end
  end
${give(0)}`,
  ),
  "a bound of an exit at a loop's start, of a counter that steps before the last of them": program(
    16,
    `  imul g8, g3, #4
  mov v9, #0
  loop.g
    ugt g9, g8, #40
    brk.if g9, 0
    imul g8, g8, #20
    uge g9, g8, #16000
    brk.if g9, 0
    ld.32 v1, s0[g8], N lim=60
    imul v9, v9, #31
    iadd v9, v9, v1
    xor v9, v9, v0
    imul v9, v9, #7
    iadd g8, g3, g8
  endloop
${give(0)}`,
  ),
  "counters of loops up to their last turns": program(
    16,
    `  mov g8, #0
  mov v9, #0
  loop.g
    uge g9, g8, #16
    brk.if g9, 0
    shl g10, g8, #2
    ld.32 v1, s0[g10], N lim=48
    ld.32 v2, s0[g10], N lim=60
    imul v9, v9, #31
    iadd v9, v9, v1
    xor v9, v9, v2
    iadd g8, g8, #1
  endloop
  mov g8, #0
  loop.g
    iadd g8, g8, #3
    ugt g9, g8, #60
    brk.if g9, 0
    ld.32 v1, s0[g8], N lim=56
    imul v9, v9, #31
    iadd v9, v9, v1
  endloop
  ld.32 v1, s0[g8], N lim=60
  iadd v9, v9, v1
${give(0)}`,
  ),
  "a bound of lanes that keep what they have": program(
    16,
    `  and v1, v0, #1
  shl v2, v0, #28
  mov v9, #0
  if v1
    mov.m v2, #4
    ld.32 v3, s0[v2], N lim=60
    mov.m v9, v3
  end
${give(0)}`,
  ),
  "bounds of what wraps": program(
    16,
    `  and v1, v0, #3
  iadd v2, v1, #-2
  ld.32 v9, s0[v2], N lim=8
${give(0)}
  umin v2, v0, #4
  shl v2, v2, #30
  shr v2, v2, #25
  ld.32 v9, s0[v2], N lim=8
${give(1)}
  imul v2, v1, #0x60000000
  shr v2, v2, #26
  ld.32 v9, s0[v2], N lim=8
${give(2)}`,
  ),
  "a choice bit by bit is above both": program(
    16,
    `  and v1, v0, #8
  shl v1, v1, #2
  mov v2, #32
  sel v2, v2, v2, #28
  ld.32 v9, s0[v2], N lim=32
${give(0)}
  or v1, v1, #28
  ld.32 v9, s0[v1], N lim=32
${give(1)}`,
  ),
  "a masked offset of a wide access is aligned to it": program(
    16,
    `  and w5, w0, #28
  ld.128 v10, s0[w5], M bits=6
  iadd v9, v10, v13
${give(0)}
  and v5, v0, #44
  ld.128 v10, s0[v5], M bits=6
  xor v9, v11, v12
${give(1)}`,
  ),
  "neighbours that pass the end of what is inside": program(
    16,
    `  shl w5, w0, #2
  ld.32 v9, s0[w5], N lim=56, contig
${give(0)}
  shl w5, w0, #1
  ld.32 v9, s0[w5 + 936], C, contig
${give(1)}`,
  ),
  // remainders of lane numbers (affine.ts); g3 = 1, g5 = 3, g6 = 4
  "remainders of lane numbers: at the edge, of small divisors, past 2^32": program(
    32,
    `  ld.32 g5, s2[8], K
  ld.32 g6, s2[12], K
  sys v1, lane
  iadd v2, v1, w0
  ${["g4", "g3", "g5", "g6"].map((g, k) => `urem v9, v2, ${g}\n${give(k)}`).join("\n")}
  imul g7, g6, g5
  urem v9, v2, g7
${give(4)}
  isub g8, g4, g3
  iadd w5, w0, g8
  iadd v3, v1, w5
  iadd v3, v3, #-9
  urem v9, v3, g7
${give(5)}
  iadd w6, w0, #-30
  iadd v3, w6, v1
  imul g7, g7, #0x1000001
  urem v9, v3, g7
${give(6)}
  urem v9, v3, g8
${give(7)}`,
  ),
  "remainders of lane numbers as offsets, in every mode": program(
    32,
    `  ld.32 g5, s2[8], K
  imul g5, g5, #11
  sys v1, lane
  iadd v2, v1, w0
  iadd v2, v2, #3
  urem v3, v2, g5
  iadd w7, w0, #21
  iadd v4, v3, w7
  shl v4, v4, #2
  ${["C", "N lim=160", "M bits=7", "Z", "N lim=4", "M bits=3"].map((mode, k) => `ld.32 v9, s0[v4 + 16], ${mode}\n${give(k)}`).join("\n")}
  ld.32 v9, s0[v4 + 560], C
${give(6)}
  ld.32 v9, s0[v4 + 560], Z
${give(7)}
  shl v4, v3, #2
  st.32 v0, s1[v4 + 2048], C
  iadd v4, v4, #2
  st.32 v0, s1[v4 + 2304], N lim=248
  shl v4, v3, #3
  ld.32 v9, s0[v4], C
${give(10)}
  ld.64 v9, s0[v4], C
  xor v9, v9, v10
${give(11)}`,
  ).replace("storage read min=64", "storage read min=700"),
  "a remainder of what is no longer the lane's number, and in some lanes only": program(
    32,
    `  ld.32 g5, s2[8], K
  imul g5, g5, #10
  sys v1, lane
  iadd v2, v1, w0
  mov w0, #7
  urem v3, v2, g5
  sys w0, wave
  shl w0, w0, #2
  shl v3, v3, #2
  ld.32 v9, s0[v3], C
${give(0)}
  iadd v2, v1, w0
  urem v3, v2, g5
  and v4, v0, #2
  mov v9, #5
  if v4
    mov.m v3, v0
    shl v6, v3, #2
    ld.32 v5, s0[v6], C
    mov.m v9, v5
    urem v3, v2, g5
    shl v6, v3, #2
    ld.32 v5, s0[v6], C
    iadd v5, v5, v9
    mov.m v9, v5
    st.32 v0, s1[v6 + 1024], C
  end
${give(1)}
  shl v6, v3, #2
  ld.32 v9, s0[v6], C
${give(2)}`,
  ),
  "a remainder in a loop whose base steps": program(
    32,
    `  ld.32 g5, s2[8], K
  imul g5, g5, #11
  sys v1, lane
  mov w5, w0
  mov g6, #0
  mov v9, #0
  loop.g
    uge g7, g6, #9
    brk.if g7, 0
    iadd v2, v1, w5
    urem v3, v2, g5
    shl v3, v3, #2
    ld.32 v4, s0[v3], C
    imul v9, v9, #31
    iadd v9, v9, v4
    iadd w5, w5, #7
    iadd g6, g6, #1
  endloop
${give(0)}`,
  ),
  "checks of a whole stretch with a remainder, of a divisor of 0 or not": program(
    32,
    `  ld.32 g5, s2[8], K
  imul g5, g5, #11
  urem v3, v0, g5
  shl v3, v3, #2
  ld.32 v9, s0[v3], C
${give(0)}
  urem v3, v0, g4
  shl v3, v3, #2
  ld.32 v9, s0[v3 + 64], C
${give(1)}`,
  ),
  "a remainder whose greatest value is one word past the end": program(
    32,
    `  ld.32 g5, s2[8], K
  imul g5, g5, #11
  iadd v3, v0, #1
  urem v3, v3, g5
  shl v3, v3, #2
  ld.32 v9, s0[v3 + 572], C
${give(0)}`,
  ),
  "low bits that only some lanes' value has clear": program(
    8,
    `  mov v12, v0
  ult v13, v0, #6
  if v13
    mov.m v12, #8
  end
  ld.32 v9, s0[v12], C
${give(0)}
  ult v12, v0, #3
  if v13
    mov.m v12, v0
  end
  mov v9, #0
  if v12
    mov.m v9, #7
  end
${give(1)}`,
  ),
  "a value to work out again whose source is another one by now": program(
    32,
    `  mov g11, #1
  iadd w9, w0, g11
  iadd v9, v0, w9
  mov g11, #50
  barrier workgroup
  iadd v9, v9, w9
${give(0)}
  iadd v8, v0, g11
${give(1, "v8")}`,
  ),
  "a copy through registers of which one changes on the way": program(
    16,
    `  shl w4, w0, #4
  ld.128 v4, s0[w4], C, contig
  st.128 v4, s1[w4 + 1024], C, contig
  iadd v6, v6, #1
  st.128 v4, s1[w4 + 2048], C, contig
  uge v12, v0, #14
  ret.if v12
  ld.128 v4, s0[w4 + 16], Z, contig
  st.128 v4, s1[w4 + 3072], C, contig`,
  ),
  "adjacent or not: offsets per lane": program(
    16,
    `  shl v12, v0, #2
  ld.32 v9, s0[v12], C
${give(0)}
  xor v12, v0, #1
  shl v12, v12, #2
  ld.32 v9, s0[v12], C
${give(1)}
  urem v12, v0, #5
  shl v12, v12, #2
  ld.32 v9, s0[v12 + 640], Z
${give(2)}
  shl v12, v0, #2
  st.32 v0, s1[v12 + 1000], C
  xor v12, v0, #2
  shl v12, v12, #2
  st.32 v0, s1[v12 + 2000], C`,
  ),
  "many sums in a loop of the workgroup, around barriers": program(
    16,
    `  mov v7, #3
${startSums}
  mov g11, #0
  loop.g
    barrier workgroup
    mov g12, #0
    loop.g
${addToSums}
      iadd g12, g12, #1
      uge g13, g12, #5
      brk.if g13, 0
    endloop
    barrier workgroup
    iadd g11, g11, #1
    uge g13, g11, #3
    brk.if g13, 0
  endloop
  mov v9, #0
${giveSums}
${give(0)}`,
  ),
  "many sums in a loop that some lanes leave earlier": program(
    16,
    `  mov v7, #3
  uge v12, v0, #15
  ret.if v12
${startSums}
  mov v5, #0
  loop.v
    uge v12, v5, v0
    brk.if v12, 0
${mergeSums}
    iadd v6, v5, #1
    mov.m v5, v6
  endloop
  mov v9, #0
${giveSums}
${give(0)}
  loop.w
    iadd w12, w12, #1
${addToSums}
    uge w13, w12, #4
    brk.if w13, 0
  endloop
${giveSums}
${give(1)}`,
  ),
  "an early return of one wave only, stores of scalars after it": program(
    16,
    `  uge v12, v0, #8
  ret.if v12
  mov v9, #0
  loop.v
    uge v13, v9, v0
    brk.if v13, 0
    iadd v8, v9, #1
    mov.m v9, v8
  endloop
  shl w4, w0, #2
  st.32 w0, s1[w4], C
  st.32 v9, s1[w4 + 64], C`,
  ),
  "a condition that overwrites what it compares, in a loop that needs it again": program(
    16,
    `  shr w6, w0, #2
  iadd w6, w6, #1
  mov w7, #0
  mov v9, #0
  loop.w
    ult w6, w6, #1
    if w6
      iadd v9, v9, #3
    else
      iadd v9, v9, #16
    end
    iadd w7, w7, #1
    uge w8, w7, #3
    brk.if w8, 0
  endloop
${give(0)}`,
  ),
  "a sum that overwrites what it adds, for some lanes": program(
    16,
    `  and v7, v0, #1
  imul v1, v0, #3
  iadd v2, v0, #100
  if v7
    iadd v2, v1, v2
    mov.m v1, v2
  end
  mov v9, v1
${give(0)}
${give(1, "v2")}`,
  ),
  "a value made of a register of the workgroup that has another value behind the barrier": program(
    16,
    `  iadd g11, g3, #4
  iadd v10, g11, #3
  shl v11, v10, #4
  if g3
    iadd g11, g11, #7
  end
  barrier workgroup
  xor v9, v10, v11
  iadd v9, v9, g11
${give(0)}`,
  ),
  "scalars of two waves that are done together, behind a barrier": program(
    16,
    `  ld.32 w5, s0[w0], C
  ld.32 v5, s0[w0], C, contig
  barrier workgroup
  mov v9, #0
  loop.v
    uge v13, v9, v0
    brk.if v13, 0
    iadd v8, v9, #1
    mov.m v9, v8
  endloop
  xor v9, v9, w5
  xor v9, v9, v5
${give(0)}`,
  ),
  "a scalar stored by one of two waves that are done together": program(
    16,
    `  mov v9, #0
  loop.v
    uge v13, v9, v0
    brk.if v13, 0
    iadd v8, v9, #1
    mov.m v9, v8
  endloop
  shl w4, w0, #2
  iadd w5, w0, #77
  uge v12, v0, #4
  if v12
    st.32 w5, s1[w4], C
  end
  uge v12, v0, #6
  ret.if v12
  st.32 w5, s1[w4 + 64], C`,
  ),
  "a scalar loaded by one of two waves that are done together, where the other would be outside": program(
    8,
    `  mov v9, #0
  loop.v
    uge v13, v9, v0
    brk.if v13, 0
    iadd v8, v9, #1
    mov.m v9, v8
  endloop
  ult w4, w0, #4
  imul w4, w4, #0x7ffffff0
  mov v10, #5
  uge v12, v0, #4
  if v12
    ld.32 w5, s0[w4], T
    ld.32 v5, s0[w4 + 4], T
    iadd v8, v5, w5
    mov.m v10, v8
    st.32 w5, s1[w4 + 512], T
  end
  iadd v9, v9, v10
${give(0)}`,
  ),
  "no lane is left to store outside its scratch": program(
    8,
    `  discard
  mov g5, #0
  st.128 v0, s4[g5 + 67108868], T
  st.8 v0, s4[g5 + 67108868], T`,
  ).replace(".func main", ".slot 4 scratch read write min=44\n.func main"),
};
