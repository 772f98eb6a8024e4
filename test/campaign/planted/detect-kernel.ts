/** Sees bugs in the kernel and its memory: random calls at the doors of two tenants against a model, and handles that run out. */
import { HandleTable } from "../../../sandbox/memory/handles.ts";
import { Heap } from "../../../sandbox/memory/heap.ts";
import { knock } from "../door.ts";
import { randoms } from "../random.ts";
import { effort, seen } from "./detector.ts";

for (let seed = 1; seed <= 40 * effort; seed++) seen(`seed ${seed}`, knock(seed, 1500, seed % 4 === 0 ? "jit" : "reference").escapes);
seen("handles", handles());
for (let seed = 1; seed <= 20; seed++) seen(`heap, seed ${seed}`, heap(randoms(seed)));

/** A slot of the table with three generations: no name twice, no old name good, whatever the order. */
function handles(): string[] {
  const table = new HandleTable<number>(5, 3);
  const known = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const handle = table.add(1 + (i % 3), i);
    if (known.has(handle)) return [`handle ${handle} is given out again`];
    known.add(handle);
    for (let kind = 1; kind <= 3; kind++) {
      if (table.get(handle, kind) !== (kind === 1 + (i % 3) ? i : undefined)) return [`handle ${handle} is of another kind`];
    }
    if (i % 4 !== 0 && table.remove(handle, 1 + (i % 3)) !== i) return [`handle ${handle} does not end`];
    if (i % 4 !== 0 && table.get(handle, 1 + (i % 3)) !== undefined) return [`handle ${handle} goes on`];
  }
  return [];
}

/** Blocks never meet, are zero, and freed bytes are neither kept as they were nor given out before `idle`. */
function heap(next: () => number): string[] {
  const heap = new Heap({ shared: false, maxBytes: 4 * 65_536, guardBytes: 16 });
  const live: { base: number; size: number }[] = [];
  let waiting: { base: number; size: number }[] = [];
  const meets = (a: { base: number; size: number }, base: number, size: number) => a.base < base + size && base < a.base + a.size;
  for (let i = 0; i < 400; i++) {
    if (next() % 5 === 0) {
      heap.idle();
      waiting = [];
    }
    if (live.length > 0 && next() % 3 === 0) {
      const block = live.splice(next() % live.length, 1)[0]!;
      if (!heap.free(block.base) || heap.free(block.base)) return ["a block is freed twice, or not at all"];
      const left = heap.bytes.subarray(block.base, block.base + block.size);
      if (left.some((byte) => byte === 0x51)) return ["a freed block holds what was written"];
      waiting.push(block);
      continue;
    }
    const size = next() % 3000;
    const base = heap.allocate(size);
    if (base < 0) continue;
    if (base + size > heap.bytes.length) return ["a block ends outside of memory"];
    if ([...live, ...waiting].some((b) => meets(b, base, size + 16))) return ["a block meets another, or one that is not idle"];
    if (heap.bytes.subarray(base, base + size).some((byte) => byte !== 0)) return ["a new block is not zero"];
    heap.bytes.fill(0x51, base, base + size);
    live.push({ base, size });
  }
  return [];
}
