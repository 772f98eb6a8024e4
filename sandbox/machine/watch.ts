/**
 * Watchpoints: who touches some bytes of a buffer, on the reference tier. Ring 1: it only looks, by the same hooks as the sanitizer and the
 * profile, and there is nothing of it in a kernel that was not made for it.
 */
import { SLOT_KIND } from "../isa/modes.ts";
import { BY_CODE } from "../isa/table.ts";
import type { Program } from "../verifier/token.ts";
import { type Access, needsOf } from "./access.ts";
import type { Hooks } from "./execute.ts";
import type { Launch } from "./launch.ts";
import { FIRST_SCALAR, type Wave } from "./wave.ts";

/** One access that touches watched bytes. */
export interface Hit {
  readonly watch: number;
  readonly kind: "read" | "write";
  readonly pc: number;
  readonly workgroup: number;
  /** local invocation index */
  readonly invocation: number;
  /** byte, in the block that is watched */
  readonly offset: number;
  readonly width: number;
  /** the 32-bit word there, before and after the instruction */
  readonly before: number;
  after: number;
}

interface Range {
  readonly id: number;
  readonly block: number;
  readonly start: number;
  readonly end: number;
}

const MOST_HITS = 10_000;
const PERM_READ = 1;

export class Watches {
  readonly #ranges: Range[] = [];
  #hits: Hit[] = [];
  /** of the instruction under way: where its hits are in memory */
  readonly #open: { readonly hit: Hit; readonly word: number }[] = [];
  #next = 1;
  #workgroup = 0;
  #memory = new DataView(new ArrayBuffer(0));

  /** @param block address of the block that the bytes are in */
  add(block: number, offset: number, size: number): number {
    const id = this.#next++;
    this.#ranges.push({ id, block, start: block + offset, end: block + offset + size });
    return id;
  }
  remove(id: number): boolean {
    const at = this.#ranges.findIndex((range) => range.id === id);
    if (at >= 0) this.#ranges.splice(at, 1);
    return at >= 0;
  }
  /** The block is no more: its bytes will be another's. */
  forget(block: number): void {
    for (const { id } of this.#ranges.filter((range) => range.block === block)) this.remove(id);
  }
  take(): readonly Hit[] {
    const hits = this.#hits;
    this.#hits = [];
    return hits;
  }

  /** The hooks that watch a launch; none where nothing is watched. */
  start(program: Program, launch: Launch): Hooks | undefined {
    if (this.#ranges.length === 0) return undefined;
    this.#memory = new DataView(launch.memory.buffer);
    return {
      word: () => this.#close(),
      access: (wave, low, access) => {
        if (program.slots[access.slot]!.kind === SLOT_KIND.storage || program.slots[access.slot]!.kind === SLOT_KIND.uniform) {
          this.#access(wave, low, access, launch.regions[access.slot]!.base, program);
        }
      },
      barrier: () => this.#close(),
      workgroup: (index) => {
        this.#workgroup = index;
      },
    };
  }
  end(): void {
    this.#close();
  }

  #access(wave: Wave, low: number, access: Access, base: number, { workgroupSize: [x, y, z] }: Program): void {
    const needs = needsOf(low & 255);
    const kind = needs === PERM_READ || BY_CODE[low & 255] === "at.ld" ? "read" : "write";
    // a scalar is loaded once, for all lanes
    const lanes = kind === "read" && ((low >>> 8) & 255) >= FIRST_SCALAR ? 1 : 4;
    for (let lane = 0, seen = 0; lane < 4 && seen < lanes; lane++) {
      if (((access.asked >> lane) & 1) === 0) continue;
      seen++;
      const from = base + access.offset[lane]!;
      const invocation = wave.index * 4 + lane;
      if (invocation >= x * y * z) continue;
      for (const range of this.#ranges) {
        if (from >= range.end || from + access.width <= range.start || this.#hits.length >= MOST_HITS) continue;
        const word = Math.max(from, range.start) & ~3;
        const before = this.#memory.getUint32(word, true);
        const place = { watch: range.id, kind, pc: wave.pc, workgroup: this.#workgroup, invocation } as const;
        const hit: Hit = { ...place, offset: from - range.block, width: access.width, before, after: before };
        this.#hits.push(hit);
        this.#open.push({ hit, word });
      }
    }
  }

  #close(): void {
    if (this.#open.length === 0) return;
    for (const { hit, word } of this.#open) hit.after = this.#memory.getUint32(word, true);
    this.#open.length = 0;
  }
}
