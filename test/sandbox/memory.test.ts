/** Heap, handles and regions: zero at first use, no reuse before idle, names never used twice, regions only ever smaller. */
import { describe, expect, test } from "vitest";
import { PERM, SLOT_KIND } from "../../sandbox/isa/modes.ts";
import type { SlotInfo } from "../../sandbox/isa/shapes.ts";
import { copyInto, copyOf, lengthOf } from "../../sandbox/memory/bytes.ts";
import { HandleTable } from "../../sandbox/memory/handles.ts";
import { HEAP_ALIGNMENT, Heap } from "../../sandbox/memory/heap.ts";
import { cut, isInside, latch, suppliedBytes } from "../../sandbox/memory/regions.ts";
import type { Program } from "../../sandbox/verifier/token.ts";
import { randoms } from "../campaign/random.ts";

const MB = 1 << 20;
const newHeap = (maxBytes = 64 * MB, guardBytes = 0, shared = false) => new Heap({ shared, maxBytes, guardBytes });

describe("heap", () => {
  test("gives out aligned zero bytes that belong to nobody else", () => {
    for (const shared of [false, true]) {
      const heap = newHeap(8 * MB, 32, shared);
      const next = randoms(11);
      const owner = new Uint8Array(8 * MB);
      const live: { base: number; size: number; tag: number }[] = [];
      let full = 0;
      for (let i = 0; i < 3000; i++) {
        if (next() % 3 !== 0 || live.length === 0) {
          const size = next() % (next() % 8 === 0 ? 300_000 : 3000);
          const base = heap.allocate(size);
          if (base < 0) {
            full++;
            continue;
          }
          expect(base % HEAP_ALIGNMENT).toBe(0);
          expect(base).toBeGreaterThan(0);
          const tag = 1 + (i % 255);
          expect(heap.bytes.subarray(base, base + size).every((x) => x === 0)).toBe(true);
          expect(owner.subarray(base, base + size + 32).every((x) => x === 0)).toBe(true);
          heap.bytes.fill(tag, base, base + size);
          owner.fill(tag, base, base + size + 32);
          live.push({ base, size, tag });
        } else {
          const [block] = live.splice(next() % live.length, 1);
          expect(heap.bytes.subarray(block!.base, block!.base + block!.size).every((x) => x === block!.tag)).toBe(true);
          expect(heap.free(block!.base)).toBe(true);
          expect(heap.free(block!.base)).toBe(false);
          owner.fill(0, block!.base, block!.base + block!.size + 32);
          if (next() % 4 === 0) heap.idle();
        }
      }
      expect(full).toBeGreaterThan(0);
    }
  });

  test("freed bytes are poisoned and not used again before idle", () => {
    const heap = newHeap(1 * MB);
    const a = heap.allocate(1000);
    heap.bytes.fill(7, a, a + 1000);
    heap.free(a);
    expect([...heap.bytes.subarray(a, a + 1000)].every((x) => x === 0xef)).toBe(true);
    const bases = new Set(Array.from({ length: 50 }, () => heap.allocate(1000)));
    expect(bases.has(a)).toBe(false);
    heap.idle();
    const again = heap.allocate(1000);
    expect(again).toBe(a);
    expect(heap.bytes.subarray(again, again + 1000).every((x) => x === 0)).toBe(true);
  });

  test("large blocks are zero again too", () => {
    const heap = newHeap(32 * MB);
    const a = heap.allocate(5 * MB);
    heap.bytes.fill(7, a, a + 5 * MB);
    heap.free(a);
    expect(heap.bytes[a]).toBe(0xef);
    expect(heap.bytes[a + 5 * MB - 1]).toBe(0xef);
    heap.idle();
    expect(heap.allocate(5 * MB)).toBe(a);
    expect(heap.bytes.subarray(a, a + 5 * MB).every((x) => x === 0)).toBe(true);
  });

  test("free neighbours join, so that what was freed can be had in one piece", () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      const heap = newHeap(65_536);
      const blocks = [heap.allocate(16_384), heap.allocate(16_384), heap.allocate(16_384)];
      const last = heap.allocate(16_384 - HEAP_ALIGNMENT);
      expect(last).toBeGreaterThan(0);
      expect(heap.allocate(1)).toBe(-1);
      for (const i of order) {
        heap.free(blocks[i]!);
        heap.idle();
      }
      expect(heap.allocate(49_152)).toBe(blocks[0]);
    }
  });

  test("grows in steps, up to its limit, and answers -1 past it", () => {
    const heap = newHeap(10 * 65_536);
    expect(heap.allocate(11 * 65_536)).toBe(-1);
    expect(heap.allocate(2 ** 40)).toBe(-1);
    const a = heap.allocate(9 * 65_536);
    expect(a).toBeGreaterThan(0);
    expect(heap.memory.buffer.byteLength).toBeLessThanOrEqual(10 * 65_536);
    expect(heap.allocate(65_536)).toBe(-1);
    expect(heap.allocate(65_536 - 2 * HEAP_ALIGNMENT)).toBeGreaterThan(0);
  });

  test("the memory is made at the first use, not before", () => {
    const before = process.memoryUsage().arrayBuffers;
    const heaps = Array.from({ length: 200 }, () => newHeap(65_536 * 65_536));
    expect(heaps).toHaveLength(200);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MB);
  });
});

describe("handles", () => {
  test("name one thing of one kind, and never a second one", () => {
    const next = randoms(5);
    const table = new HandleTable<string>(3, 15); // few generations, so that they run out
    const seen = new Set<number>();
    const live = new Map<number, string>();
    const dead: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      if (next() % 2 === 0 || live.size === 0) {
        const kind = 1 + (next() % 2);
        const handle = table.add(kind, `${kind}:${i}`);
        expect(Number.isSafeInteger(handle) && handle > 0 && handle < 2 ** 52).toBe(true);
        expect(seen.has(handle)).toBe(false);
        seen.add(handle);
        live.set(handle, `${kind}:${i}`);
      } else {
        const handle = [...live.keys()][next() % Math.min(live.size, 50)]!;
        const thing = live.get(handle)!;
        const kind = Number(thing[0]);
        expect(table.get(handle, 3 - kind)).toBeUndefined();
        expect(table.remove(handle, 3 - kind)).toBeUndefined();
        expect(table.remove(handle, kind)).toBe(thing);
        live.delete(handle);
        dead.push(handle);
      }
      if (dead.length > 0) {
        const stale = dead[next() % dead.length]!;
        expect(table.get(stale, 1) ?? table.get(stale, 2) ?? table.remove(stale, 1)).toBeUndefined();
      }
    }
    for (const [handle, thing] of live) expect(table.get(handle, Number(thing[0]))).toBe(thing);
    expect(table.size).toBe(live.size);
  });

  test("made-up and foreign values name nothing", () => {
    const table = new HandleTable<string>(1);
    const handle = table.add(1, "thing");
    const foreign = new HandleTable<string>(2).add(1, "other");
    const hostile = { valueOf: () => handle, toString: () => String(handle) };
    for (const value of [0, -1, 1, 0.5, NaN, Infinity, 2 ** 53, handle + 1, handle + 2 ** 20, handle + 0.5, -handle, foreign]) {
      expect(table.get(value, 1)).toBeUndefined();
    }
    for (const value of [String(handle), BigInt(handle), [handle], hostile, null, undefined, {}])
      expect(table.get(value, 1)).toBeUndefined();
    expect(table.get(handle, 1)).toBe("thing");
  });
});

describe("regions", () => {
  const block = { base: 4096, size: 1000 };

  test("are cut only out of their block", () => {
    expect(cut(block, 16, 984, 0, 3)).toMatchObject({ base: 4112, size: 984 });
    expect(cut(block, 992, 8, 0, 3)).toMatchObject({ base: 5088, size: 8 });
    const bad = [
      [16, 985],
      [1008, 0],
      [-16, 4],
      [8, 4],
      [0, -4],
      [0, 0.5],
      [NaN, 4],
      [0, NaN],
      [0, Infinity],
      [2 ** 53, 4],
      [0, 2 ** 53],
    ];
    for (const [offset, size] of bad) expect(cut(block, offset!, size!, 0, 3)).toBeUndefined();
  });

  test("isInside counts without wrapping", () => {
    expect(isInside(0, 0, 0)).toBe(true);
    expect(isInside(2 ** 32, 2 ** 32, 2 ** 33)).toBe(true);
    expect(isInside(2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53 - 1)).toBe(false);
    expect(isInside("0", 4, 8)).toBe(false);
    expect(isInside(0, 4n, 8)).toBe(false);
  });

  const slot = (kind: number, permissions: number, min: number): SlotInfo => ({ kind, permissions, min, stride: 0, group: 0, binding: 0 });
  const program = (...slots: SlotInfo[]): Program => ({
    stage: 0,
    workgroupSize: [5, 1, 1],
    vRegisters: 0,
    wRegisters: 0,
    gRegisters: 0,
    scratchBytes: 8,
    workgroupBytes: 12,
    functions: [],
    io: [],
    constants: new Uint8Array(4),
    code: new Uint32Array(0),
    slots,
  });
  const storage = (permissions: number, min: number) => slot(SLOT_KIND.storage, permissions, min);
  const region = (offset: number, size: number, kind: number, permissions: number) => cut(block, offset, size, kind, permissions);

  test("enter refuses what the proofs do not assume", () => {
    const read = storage(PERM.read, 16);
    const ok = region(0, 16, SLOT_KIND.storage, PERM.read);
    expect(latch(program(read), [ok])).toBeUndefined();
    expect(latch(program(read), [])).toEqual({ slot: 0, reason: "missing" });
    expect(latch(program(read), [region(0, 15, SLOT_KIND.storage, PERM.read)])).toEqual({ slot: 0, reason: "minimum" });
    expect(latch(program(read), [region(0, 16, SLOT_KIND.uniform, PERM.read)])).toEqual({ slot: 0, reason: "kind" });
    expect(latch(program(read), [region(0, 16, SLOT_KIND.storage, PERM.read | PERM.write)])).toEqual({ slot: 0, reason: "permission" });
    expect(latch(program(storage(PERM.read | PERM.write, 16)), [ok])).toEqual({ slot: 0, reason: "permission" });
  });

  test("a read-only region overlaps no writable one, though regions of one permission may overlap", () => {
    const two = program(storage(PERM.read, 0), storage(PERM.read | PERM.write, 0));
    const at = (a: number, aSize: number, b: number, bSize: number) => {
      return latch(two, [region(a, aSize, 0, PERM.read), region(b, bSize, 0, PERM.read | PERM.write)]);
    };
    expect(at(0, 64, 64, 64)).toBeUndefined();
    expect(at(64, 64, 0, 64)).toBeUndefined();
    expect(at(0, 65, 64, 64)).toEqual({ slot: 0, reason: "overlap" });
    expect(at(64, 64, 0, 65)).toEqual({ slot: 0, reason: "overlap" });
    expect(at(16, 16, 0, 64)).toEqual({ slot: 0, reason: "overlap" });
    expect(at(0, 64, 16, 16)).toEqual({ slot: 0, reason: "overlap" });
    expect(at(16, 0, 0, 64)).toBeUndefined();
    const same = (permissions: number) => {
      return latch(program(storage(permissions, 0), storage(permissions, 0)), [
        region(0, 64, 0, permissions),
        region(0, 64, 0, permissions),
      ]);
    };
    expect(same(PERM.read)).toBeUndefined();
    expect(same(PERM.read | PERM.write)).toBeUndefined();
  });

  test("memory that the kernel supplies is exactly as large as the launch needs", () => {
    const p = program(slot(SLOT_KIND.workgroup, 3, 12), slot(SLOT_KIND.scratch, 3, 8), slot(SLOT_KIND.constant, 1, 4), storage(1, 0));
    expect([0, 1, 2, 3].map((i) => suppliedBytes(p, i))).toEqual([12, 8 * 4 * 2, 4, -1]); // 5 invocations are 2 waves
    const regions = (scratch: number) => [
      region(0, 12, SLOT_KIND.workgroup, 3),
      region(16, scratch, SLOT_KIND.scratch, 3),
      region(96, 4, SLOT_KIND.constant, 1),
      region(112, 4, SLOT_KIND.storage, 1),
    ];
    expect(latch(p, regions(64))).toBeUndefined();
    expect(latch(p, regions(63))).toEqual({ slot: 1, reason: "size" });
    expect(latch(p, regions(65))).toEqual({ slot: 1, reason: "size" });
  });
});

describe("bytes of callers", () => {
  test("are taken by what they are, without running the caller's code", () => {
    class Liar extends Uint8Array {
      override get byteLength(): number {
        throw new Error("touched");
      }
      static get [Symbol.species](): Uint8ArrayConstructor {
        throw new Error("touched");
      }
    }
    const liar = new Liar(5).fill(9);
    Object.defineProperty(liar, "buffer", { get: () => new ArrayBuffer(1000) });
    expect(lengthOf(liar, "Uint8Array")).toBe(5);
    expect([...new Uint8Array(copyOf(liar, 5)!)]).toEqual([9, 9, 9, 9, 9, 0, 0, 0]);
    expect(lengthOf(new Float64Array(2), "Float64Array")).toBe(16);
    for (const value of [null, undefined, 5, "abc", [], new Float32Array(2), { __proto__: Uint8Array.prototype }]) {
      expect(lengthOf(value, "Uint8Array")).toBe(-1);
    }
  });

  test("that were shortened or detached meanwhile are refused", () => {
    const source = new Uint8Array(8);
    expect(copyInto(new Uint8Array(8), source)).toBe(true);
    structuredClone(source, { transfer: [source.buffer] });
    expect(copyInto(new Uint8Array(8), source)).toBe(false);
    expect(copyOf(source, 8)).toBeUndefined();
    expect(copyOf(new Uint8Array(1), 2 ** 45)).toBeUndefined();
  });
});
