/**
 * What a kernel must do, by a model of its own: byte arrays for buffers, a few programs whose effects are written here in JavaScript, and
 * the rules of the door as `sandbox/kernel/door.ts` states them. It shares no code with the kernel.
 */

/** `mode` bounds its stores. One workgroup is one wave of 8 words: data[i] = 3 * i for all invocations. */
const triple = (mode: string) => `.workgroup 4 1 1
.slot 0 storage read write min=4
.func main
  sys v0, lane
  sys v1, workgroup_id.x
  shl v1, v1, #2
  iadd v0, v0, v1
  shl v1, v0, #2
  imul v2, v0, #3
  st.32 v2, s0[v1], ${mode}
  ret
.end`;

/** out[lane] = in[lane] + 1000 + what it finds in workgroup memory, scratch and a register that nothing has written, and fouls them. */
const LEFTOVERS = `.workgroup 4 1 1
.slot 0 uniform read min=16
.slot 1 storage read write min=16
.slot 2 workgroup read write min=64
.slot 3 scratch read write min=16
.slot 4 constant read min=4
.const 1000
.func main
  sys v0, lane
  shl v0, v0, #2
  ld.32 v1, s0[v0], N lim=12
  ld.32 g0, s4[0], K
  ld.32 v2, s2[v0 + 48], N lim=12
  ld.32 v3, s3[12], K
  iadd v1, v1, v7
  mov v7, #0xdead
  st.32 v7, s2[v0 + 48], N lim=12
  st.32 v7, s3[12], K
  iadd v1, v1, g0
  iadd v1, v1, v2
  iadd v1, v1, v3
  st.32 v1, s1[v0], N lim=12
  ret
.end`;

export interface ModelBuffer {
  readonly handle: number;
  readonly bytes: Uint8Array;
}

/** A window of a buffer that a dispatch binds. */
export interface Window {
  readonly buffer: ModelBuffer;
  readonly offset: number;
  readonly size: number;
}

export interface ModelProgram {
  readonly text: string;
  /** by slot: least bytes and whether it is written; undefined where the kernel supplies it */
  readonly slots: readonly ({ readonly min: number; readonly writes: boolean } | undefined)[];
  /** fuel of one workgroup */
  readonly fuel: number;
  /** @returns false when it traps */
  run(windows: readonly (Window | undefined)[], gridX: number): boolean;
}

const wordsIn = ({ buffer, offset, size }: Window) => new DataView(buffer.bytes.buffer, offset, size);

function runTriple(windows: readonly (Window | undefined)[], gridX: number, traps: boolean): boolean {
  const data = wordsIn(windows[0]!);
  for (let i = 0; i < 4 * gridX; i++) {
    if (i * 4 + 4 <= data.byteLength) data.setUint32(i * 4, 3 * i, true);
    else if (traps) return false;
  }
  return true;
}

function runLeftovers(windows: readonly (Window | undefined)[]): boolean {
  const input = wordsIn(windows[0]!);
  const values = [0, 1, 2, 3].map((lane) => input.getUint32(lane * 4, true) + 1000);
  values.forEach((value, lane) => {
    wordsIn(windows[1]!).setUint32(lane * 4, value, true);
  });
  return true;
}

const one = [{ min: 4, writes: true }];
export const MODEL_PROGRAMS: readonly ModelProgram[] = [
  { text: triple("Z"), slots: one, fuel: 8, run: (windows, x) => runTriple(windows, x, false) },
  { text: triple("T"), slots: one, fuel: 8, run: (windows, x) => runTriple(windows, x, true) },
  {
    text: LEFTOVERS,
    slots: [{ min: 16, writes: false }, { min: 16, writes: true }, undefined, undefined, undefined],
    fuel: 15,
    run: runLeftovers,
  },
];

/** How a submission must end. */
export type Verdict = "done" | "refused" | "lost";

/** One command as the campaign made it: its numbers, and what they mean if they are valid. */
export type Command =
  | { readonly numbers: readonly number[]; readonly valid: false }
  | { readonly numbers: readonly number[]; readonly valid: true; readonly run: (fuel: number) => { fuel: number; ok: boolean } };

/** @returns whether these are integers from 0 with offset + size <= limit, `size` and `offset` multiples of `unit` */
export function fits(offset: number, size: number, limit: number, unit: number): boolean {
  const isWhole = Number.isInteger(offset) && Number.isInteger(size) && offset >= 0 && size >= 0;
  return isWhole && offset + size <= limit && offset % unit === 0 && size % unit === 0;
}

export const meet = (a: Window, b: Window) =>
  a.buffer === b.buffer && Math.max(a.offset, b.offset) < Math.min(a.offset + a.size, b.offset + b.size);
