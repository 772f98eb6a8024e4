/**
 * Loops that pay for all their turns at once (sandbox/jit/counted.ts), and loops that look like them and must not. Slot 1 says where the
 * counter starts and what it stays below.
 */

/** f: the file of the counter, as in `w`. Registers 0: counter, 1: limit, 2 and 3: free. v1 counts turns, v2 and v3 are free. */
type Part = (f: string) => string;

/** What a turn does before the counter rises. */
const BODIES: Readonly<Record<string, Part>> = {
  nothing: () => "",
  "an inner loop": (f) => `
    mov ${f}3, #0
    loop.${f}
      uge ${f}2, ${f}3, #3
      brk.if ${f}2, 0
      iadd v1, v1, #1
      iadd ${f}3, ${f}3, #1
    endloop`,
  "a block that is left": (f) => `
    block.${f}
      ieq ${f}2, ${f}0, #2
      brk.if ${f}2, 0
      iadd v1, v1, #1
    end`,
  "another exit": (f) => `
    ieq ${f}2, ${f}0, #7
    brk.if ${f}2, 0`,
  "an exit from a block": (f) => `
    block.${f}
      ieq ${f}2, ${f}0, #7
      brk.if ${f}2, 1
    end`,
  "a return": (f) => `
    ieq ${f}2, ${f}0, #7
    ret.if ${f}2`,
  "an unconditional exit": (f) => `
    ieq ${f}2, ${f}0, #7
    if ${f}2
      brk 1
    end`,
  "another step": (f) => `
    iadd ${f}0, ${f}0, #1`,
  "a step back": (f) => `
    ieq ${f}2, ${f}0, #4
    if ${f}2
      mov ${f}0, #1
    end`,
  "a limit that falls": (f) => `
    isub ${f}1, ${f}1, #1`,
  "a counter that is loaded": (f) => `
    ld.32 ${f}0, s1[0], K`,
  "a trap": () => `
    shl v2, v1, #2
    ld.32 v3, s0[v2], T`,
};

const STEPS: Readonly<Record<string, Part>> = {
  "in every other turn": (f) => `xor ${f}3, ${f}3, #1\nif ${f}3\niadd ${f}0, ${f}0, #1\nend`,
  "by 1": (f) => `iadd ${f}0, ${f}0, #1`,
  "by 4": (f) => `iadd ${f}0, ${f}0, #4`,
  "by 64": (f) => `iadd ${f}0, ${f}0, #64`,
  "by 3": (f) => `iadd ${f}0, ${f}0, #3`,
  "by -1": (f) => `iadd ${f}0, ${f}0, #-1`,
  "by 0": (f) => `iadd ${f}0, ${f}0, #0`,
  "in an if": (f) => `ult ${f}2, ${f}0, #5\nif ${f}2\niadd ${f}0, ${f}0, #1\nend`,
  "in another register": (f) => `iadd ${f}2, ${f}1, #1\nmov ${f}0, ${f}2`,
};

const BIG = 2 ** 32;
export const BOUNDS: readonly (readonly [start: number, limit: number])[] = [
  [0, 10],
  [3, 3],
  [9, 2],
  [0, 1],
  [BIG - 5, BIG - 1],
  [BIG - 70, BIG - 10],
  [BIG - 3, 4],
  [2 ** 31 - 4, 2 ** 31 - 1],
  [2 ** 31 - 2, 2 ** 31 + 2],
  [2 ** 31, 2 ** 31 + 3],
];

function source(f: string, op: string, body: string, step: string, limit: string, isParted: boolean): string {
  return `.workgroup 16 1 1
.slot 0 storage read write min=64
.slot 1 storage read min=8
.func main
  ld.32 ${f}0, s1[0], K
  ld.32 ${f}1, s1[4], K
  sys w8, wave
  shl w8, w8, #4
  sys v0, lane
  iadd v0, v0, w8
  mov v1, #0
${isParted ? "  ult v4, v0, #2\n  if v4" : ""}
  loop.${f}
    ${op} ${f}2, ${f}0, ${limit}
    brk.if ${f}2, 0
    iadd v2, v1, #1
    mov.m v1, v2
${body}
${step}
  endloop
${isParted ? "  end" : ""}
  st.32 v1, s0[w8], C, contig
  ret
.end`;
}

export interface CountedProgram {
  readonly name: string;
  readonly asm: string;
  readonly bounds: readonly (readonly [start: number, limit: number])[];
}

export function countedPrograms(): readonly CountedProgram[] {
  const programs: CountedProgram[] = [];
  for (const f of ["g", "w"]) {
    for (const op of ["uge", "sge"]) {
      for (const [name, body] of Object.entries(BODIES)) {
        for (const step of ["by 1", "by 4"]) {
          for (const isParted of f === "g" ? [false] : [false, true]) {
            const asm = source(f, op, body(f), STEPS[step]!(f), `${f}1`, isParted);
            programs.push({ name: `${f}, with ${name}`, asm, bounds: BOUNDS });
          }
        }
      }
      for (const [name, step] of Object.entries(STEPS)) {
        programs.push({ name: `${f}, ${name}`, asm: source(f, op, "", step(f), `${f}1`, false), bounds: BOUNDS });
        for (const each of BOUNDS) {
          programs.push({ name: `${f}, ${name}`, asm: source(f, op, "", step(f), `#${each[1]}`, false), bounds: [each] });
        }
      }
    }
  }
  return programs;
}
