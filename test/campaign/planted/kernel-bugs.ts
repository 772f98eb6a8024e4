/** Bugs planted in the kernel: at its door, in its commands, and in the memory, handles and regions that it keeps. */
import type { Planted } from "./plant.ts";

const bug =
  (file: string) =>
  (name: string, from: string, to: string, harmless?: string): Planted => {
    return { name, file, from, to, ...(harmless === undefined ? {} : { harmless }) };
  };
const kernel = bug("sandbox/kernel/kernel.ts");
const commands = bug("sandbox/kernel/commands.ts");
const heap = bug("sandbox/memory/heap.ts");
const handles = bug("sandbox/memory/handles.ts");
const regions = bug("sandbox/memory/regions.ts");

export const KERNEL_BUGS: readonly Planted[] = [
  kernel(
    "a write's range is not checked",
    "if (!isInside(offset, size, block.size)) return FAULT.range;\n    const start = block.base + offset;\n    return copyInto(",
    "const start = block.base + offset;\n    return copyInto(",
  ),
  kernel(
    "a write lands at the start of its buffer",
    "const start = block.base + offset;\n    return copyInto(",
    "const start = block.base;\n    return copyInto(",
  ),
  kernel(
    "a read's range is not checked",
    "if (!isInside(offset, size, block.size)) return FAULT.range;\n    try {\n      const copy",
    "try {\n      const copy",
  ),
  kernel(
    "a read gives more than was asked for",
    "const copy = new Uint8Array(size);\n      copy.set(this.#heap.bytes.subarray(block.base + offset, block.base + offset + size));",
    "const copy = new Uint8Array(size + 1);\n      copy.set(this.#heap.bytes.subarray(block.base + offset, block.base + offset + size + 1));",
  ),
  kernel(
    "reading into a caller's bytes is not checked",
    "if (!isInside(offset, size, block.size)) return FAULT.range;\n    const start = block.base + offset;\n    try {",
    "const start = block.base + offset;\n    try {",
  ),
  kernel(
    "a destroyed buffer keeps its memory's place in line",
    "this.#heap.free(block.base);\n    this.#heap.idle(); // submit",
    "// submit",
    "memory is lost, nothing else",
  ),
  kernel("a lost device takes submissions", "if (this.#isLost) return refused({ fault: FAULT.lost, command: -1, slot: -1 });", ""),
  kernel(
    "a lost device makes buffers",
    "createBuffer(sizeBytes: number): Handle | Fault {\n    if (this.#isLost) return FAULT.lost;",
    "createBuffer(sizeBytes: number): Handle | Fault {",
  ),
  kernel("a trap does not lose the device", "    this.#isLost = true;\n  }\n}\n", "  }\n}\n"),
  kernel(
    "the stream is run as far as it is right",
    "if (!parsed.ok) return refused(parsed);",
    'if (!parsed.ok) return { status: "done", fuelUsed: 0 };',
  ),
  kernel("each dispatch has all the fuel", "fuel = left;", ""),
  kernel("fuel used is not told", "fuelUsed: this.#fuelPerSubmit - fuel", "fuelUsed: 0"),
  kernel(
    "regions are not latched before a submission runs",
    "const refusal = latch(job.loaded.program, cuts);",
    "const refusal = undefined as ReturnType<typeof latch>;",
  ),
  kernel(
    "indirect counts may be anything",
    "if (!isGrid(grid) || grid[0] * grid[1] * grid[2] === 0) return fuel;",
    "if (grid[0] * grid[1] * grid[2] === 0) return fuel;",
  ),
  kernel(
    "indirect counts are read at the start of memory",
    "new Uint32Array(this.#heap.memory.buffer, address, 3)",
    "new Uint32Array(this.#heap.memory.buffer, 0, 3)",
  ),
  kernel("constants are not copied in", "this.#heap.bytes.set(program.constants, base);", ""),
  kernel(
    "copies take one word too many",
    "this.#heap.bytes.copyWithin(job.to, job.from, job.from + job.size);",
    "this.#heap.bytes.copyWithin(job.to, job.from, job.from + job.size + 4);",
  ),
  kernel(
    "clears leave the last word",
    "stamp(this.#heap.bytes, job.from, job.from + job.size);",
    "stamp(this.#heap.bytes, job.from, job.from + job.size - 4);",
  ),
  kernel(
    "all tenants have one number, and one table",
    "this.#things = new HandleTable(nextTenant++);",
    "this.#things = ((globalThis as Record<string, unknown>).things ??= new HandleTable(nextTenant++)) as Things;",
  ),
  commands(
    "a stretch's range is not checked",
    "if (!isInside(offset, size, block.size)) return this.#refuse(FAULT.range);\n    return offset % 4",
    "return offset % 4",
  ),
  commands("a stretch need not be aligned", "return offset % 4 === 0 && size % 4 === 0 ?", "return offset % 4 === 0 ?"),
  commands("an offset need not be aligned", "return offset % 4 === 0 && size % 4 === 0 ?", "return size % 4 === 0 ?"),
  commands(
    "copies may overlap themselves",
    "return from < to + size && to < from + size ? this.#refuse(FAULT.overlap) :",
    "return false ? this.#refuse(FAULT.overlap) :",
  ),
  commands(
    "copies that touch count as overlapping",
    "return from < to + size && to < from + size",
    "return from <= to + size && to <= from + size",
  ),
  commands(
    "a program of any handle",
    "if (loaded === undefined) return this.#refuse(FAULT.handle);",
    'if (loaded === undefined) return { does: "clear", from: 256, size: 0 };',
  ),
  commands(
    "a dispatch says how many slots it has",
    "if (this.#next() !== program.slots.length) return this.#refuse(FAULT.slot);",
    "this.#next();",
  ),
  commands("slots of the kernel may be bound", "if (buffer !== 0 || offset !== 0 || size !== 0) return this.#refuse(FAULT.slot);", ""),
  commands(
    "a binding's minimum is not checked",
    "return region.size < min ? this.#refuse(FAULT.minimum) : region;",
    "return region;",
    "latch looks at the minimum again before anything runs",
  ),
  commands(
    "a binding need not be aligned",
    "if (offset % REGION_ALIGNMENT !== 0) return this.#refuse(FAULT.alignment);",
    "",
    "cut refuses it again",
  ),
  commands("a grid may be of any size", "return isGrid(grid) ?", "return true ?"),
  commands("workgroup counts may be fractions", "Number.isInteger(n) && n >= 0 && n <= MAX_GRID", "n >= 0 && n <= MAX_GRID"),
  commands("the limit of workgroup counts is off by one", "n >= 0 && n <= MAX_GRID", "n >= 0 && n < MAX_GRID"),
  commands(
    "what comes after a malformed command is run",
    "if (job === undefined) return { ok: false,",
    "if (job === undefined) continue; else if (false) return { ok: false,",
  ),
  commands("a box's last row is not checked", "(rows - 1) * rowPitch + rowBytes : rowBytes", "(rows - 1) * rowPitch : rowBytes"),
  commands("a box's images are not counted", "(images - 1) * imagePitch + imageBytes : imageBytes", "imageBytes : imageBytes"),
  commands(
    "a box's range is not checked",
    "if (!isInside(offset, size, block.size)) return this.#refuse(FAULT.range);\n    return { base",
    "return { base",
  ),
  commands("rows of a box may overlap", "isInside(0, pitch, MAX_BUFFER_BYTES) && pitch >= least", "isInside(0, pitch, MAX_BUFFER_BYTES)"),
  commands("boxes may meet", "if (from.base < to.end && to.base < from.end) return this.#refuse(FAULT.overlap);", ""),
  commands(
    "a fill's range is not checked",
    "if (!isInside(offset, size, block.size)) return this.#refuse(FAULT.range);\n    if (!isInside(1",
    "if (!isInside(1",
  ),
  commands("a fill may end within a pattern", " || size % patternBytes !== 0", ""),
  commands(
    "dispatches that differ in a binding share it",
    "const words = 2 + 3 * last.bound.length;",
    "const words = 3 * last.bound.length;",
  ),
  kernel(
    "a box's images lie without gaps",
    "let from = job.from + image * fromImagePitch;",
    "let from = job.from + image * rows * fromRowPitch;",
  ),
  kernel(
    "rows without gaps, by one side only",
    "rows === 1 || (fromRowPitch === rowBytes && toRowPitch === rowBytes)",
    "rows === 1 || fromRowPitch === rowBytes",
  ),
  kernel("a fill doubles past its end", "Math.min(filled, size - filled)", "filled", "the target is a view that ends where the fill does"),
  heap("a used block is not zeroed", "stamp(this.bytes, base, base + size);\n    } else", "} else"),
  heap(
    "a used block is zeroed but for its last bytes",
    "stamp(this.bytes, base, base + size);\n    } else",
    "stamp(this.bytes, base, base + size - 256);\n    } else",
  ),
  heap(
    "freed blocks are not poisoned",
    "if (size <= POISON_BYTES) {\n      stamp(this.bytes, base, base + size, poison);",
    "if (size <= POISON_BYTES) {",
  ),
  heap(
    "freed blocks are given out at once",
    "this.#quarantine[end] = base;\n    this.#quarantine[end + 1] = size;",
    "this.#release(base, size);",
  ),
  heap("a block may be freed twice", "this.#live[base / HEAP_ALIGNMENT] = 0;", ""),
  heap("a free stretch gives more than it has", "if (have < size) continue;", "if (have < size / 2) continue;"),
  heap("what is left of a stretch starts too early", "this.#freeAt[i] = base + size;", "this.#freeAt[i] = base;"),
  heap("joined stretches are too long", "joinsNext ? this.#freeSize[low]! : 0", "joinsNext ? this.#freeSize[low]! + 256 : 0"),
  heap("guards are forgotten", "roundUp(sizeBytes + this.#options.guardBytes, HEAP_ALIGNMENT)", "roundUp(sizeBytes, HEAP_ALIGNMENT)"),
  heap("the heap may be larger than it may", "if (end > this.#options.maxBytes) return false;", ""),
  handles("a handle of any kind", "this.#kinds[index] !== kind || ", ""),
  handles("generations are not looked at", " || this.#generations[index] !== rest % GENERATION", ""),
  handles("generations do not change", "const generation = ++this.#generations[index]!;", "const generation = this.#generations[index]!;"),
  handles(
    "generations start again",
    "if (this.#generations[index]! < this.#lastGeneration) this.#free[this.#free.length] = index;",
    "if (this.#generations[index]! >= this.#lastGeneration) this.#generations[index] = 0;\n    this.#free[this.#free.length] = index;",
  ),
  handles("a removed thing stays", "this.#things[index] = undefined;\n    this.#kinds[index] = 0;", ""),
  handles("a tenant's number is not looked at", "top % TENANT === this.#tenant && ", ""),
  regions("ranges wrap at 2^32", "offset <= limit && size <= limit - offset", "((offset + size) >>> 0) <= limit"),
  regions("a range may start below zero", "return offset >= 0 && size >= 0 &&", "return size >= 0 &&"),
  regions("a range may have any size", "offset <= limit && size <= limit - offset", "offset <= limit"),
  regions("ranges are not whole numbers", "!isInteger(offset) || !isInteger(size)", "false"),
  regions("a binding starts at its buffer's start", "base: block.base + offset, size, stride: 0", "base: block.base, size, stride: 0"),
  regions(
    "a binding reaches to its buffer's end",
    "base: block.base + offset, size, stride: 0",
    "base: block.base + offset, size: block.size, stride: 0",
  ),
  regions("what is written may be read as constant", "return findOverlap(regions);", "return undefined;"),
  regions("only the first overlap is looked for", "max(a.base, b.base) < min(a.base + a.size, b.base + b.size)", "a.base === b.base"),
  regions(
    "a binding need not have the slot's minimum",
    "if (region.size < min && supplied < 0)",
    "if (false)",
    "the commands are checked for it before",
  ),
];
