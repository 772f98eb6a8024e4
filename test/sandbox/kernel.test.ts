/** The kernel's door in both tiers: what it does, and what it refuses of hostile calls, streams and bindings. */
import { beforeEach, describe, expect, test } from "vitest";
import { COMMAND, FAULT, type Handle, MAX_GRID, type Submitted } from "../../sandbox/kernel/door.ts";
import { Kernel } from "../../sandbox/kernel/kernel.ts";
import { CAUSE } from "../../sandbox/machine/launch.ts";
import { objectOf } from "../campaign/files.ts";
import { randoms } from "../campaign/random.ts";

const { copy, clear, dispatch, dispatchIndirect } = COMMAND;

/** data[i] = 3 * i for all invocations; T traps past the end. */
const TRIPLE = (mode: string) => `.workgroup 4 1 1
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
const FOREVER = ".func main\n loop.g\n endloop\n ret\n.end";
/** out[lane] = in[lane] + constant, through workgroup and scratch memory that it expects to be zero */
const KINDS = `.workgroup 4 1 1
.slot 0 uniform read min=16
.slot 1 storage read write min=16
.slot 2 workgroup read write min=16
.slot 3 scratch read write min=8
.slot 4 constant read min=4
.const 1000
.func main
  sys v0, lane
  shl v0, v0, #2
  ld.32 v1, s0[v0], N lim=12
  ld.32 g0, s4[0], K
  ld.32 v2, s2[v0], N lim=12
  ld.32 v3, s3[4], K
  st.32 v1, s2[v0], N lim=12
  st.32 v1, s3[4], K
  iadd v1, v1, g0
  iadd v1, v1, v2
  iadd v1, v1, v3
  st.32 v1, s1[v0], N lim=12
  ret
.end`;

const stream = (...numbers: number[]) => Float64Array.from(numbers);
const u32 = (bytes: Uint8Array | number) => {
  if (typeof bytes === "number") throw new Error(`fault ${bytes}`);
  return [...new Uint32Array(bytes.buffer)];
};
const words = (...numbers: number[]) => new Uint8Array(Uint32Array.from(numbers).buffer);

function load(kernel: Kernel, text: string): Handle {
  const loaded = kernel.loadProgram(objectOf(text));
  if (!loaded.ok) throw new Error(`${loaded.rule}: ${loaded.message}`);
  return loaded.handle;
}

const TIERS = ["reference", "jit"] as const;
let kernel: Kernel;
let buffer: Handle;
const fresh = (tier: (typeof TIERS)[number]) => () => {
  kernel = new Kernel({ tier, guardBytes: 64 });
  buffer = kernel.createBuffer(64);
};
const refusal = (result: Submitted) => (result.status === "refused" ? result.fault : result.status);

describe.each(TIERS)("what it does, on the %s tier", (tier) => {
  beforeEach(fresh(tier));

  test("buffers start zero, are written, read, copied and cleared", () => {
    expect(u32(kernel.readBuffer(buffer, 0, 64)).every((x) => x === 0)).toBe(true);
    expect(kernel.writeBuffer(buffer, 4, words(1, 2, 3))).toBe(0);
    const other = kernel.createBuffer(32);
    expect(kernel.submit(stream(copy, buffer, 0, other, 8, 16, clear, buffer, 8, 4))).toEqual({ status: "done", fuelUsed: 0 });
    expect(u32(kernel.readBuffer(other, 0, 32))).toEqual([0, 0, 0, 1, 2, 3, 0, 0]);
    expect(u32(kernel.readBuffer(buffer, 0, 20))).toEqual([0, 1, 0, 3, 0]);
  });

  test("programs run, and commands see what those before them did", () => {
    const program = load(kernel, TRIPLE("C"));
    const other = kernel.createBuffer(64);
    const run = [dispatch, program, 1, buffer, 0, 64, 4, 1, 1];
    expect(kernel.submit(stream(...run, copy, buffer, 32, other, 0, 32))).toMatchObject({ status: "done", fuelUsed: 32 });
    expect(u32(kernel.readBuffer(other, 0, 32))).toEqual([24, 27, 30, 33, 36, 39, 42, 45]);
  });

  test("a binding is a window: nothing outside it changes", () => {
    const program = load(kernel, TRIPLE("Z"));
    kernel.submit(stream(dispatch, program, 1, buffer, 16, 20, 4, 1, 1));
    expect(u32(kernel.readBuffer(buffer, 0, 64))).toEqual([0, 0, 0, 0, 0, 3, 6, 9, 12, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("the kernel supplies workgroup, scratch and constant memory, and programs find the first two zeroed", () => {
    const program = load(kernel, KINDS);
    kernel.writeBuffer(buffer, 0, words(5, 6, 7, 8));
    const out = kernel.createBuffer(16);
    const run = [dispatch, program, 5, buffer, 0, 16, out, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 1];
    for (let i = 0; i < 2; i++) {
      expect(kernel.submit(stream(...run, ...run)).status).toBe("done");
      expect(u32(kernel.readBuffer(out, 0, 16))).toEqual([1005, 1006, 1007, 1008]);
    }
  });

  test("indirect counts are read once, when their turn comes; over the limit nothing runs", () => {
    const program = load(kernel, TRIPLE("C"));
    const counts = kernel.createBuffer(32);
    kernel.writeBuffer(counts, 4, words(2, 1, 1));
    expect(kernel.submit(stream(dispatchIndirect, program, 1, buffer, 0, 64, counts, 4)).status).toBe("done");
    expect(u32(kernel.readBuffer(buffer, 24, 16))).toEqual([18, 21, 0, 0]);
    for (const bad of [words(MAX_GRID + 1, 1, 1), words(1, 0xffffffff, 1), words(4, 4, 0)]) {
      kernel.submit(stream(clear, buffer, 0, 64));
      kernel.writeBuffer(counts, 4, bad);
      expect(kernel.submit(stream(dispatchIndirect, program, 1, buffer, 0, 64, counts, 4)).status).toBe("done");
      expect(u32(kernel.readBuffer(buffer, 0, 64)).every((x) => x === 0)).toBe(true);
    }
  });
});

describe.each(TIERS)("how launches end, on the %s tier", (tier) => {
  beforeEach(fresh(tier));

  test("a trap says what, where and who, and the device is lost", () => {
    const program = load(kernel, TRIPLE("T"));
    const result = kernel.submit(stream(clear, buffer, 0, 4, dispatch, program, 1, buffer, 0, 24, 4, 1, 1, clear, buffer, 0, 4));
    expect(result).toEqual({
      status: "lost",
      trap: { cause: 2, command: 1, program, pc: 6, fn: 0, workgroup: 1, wave: 0, lane: 2, slot: 0, offset: 24 },
    });
    expect(kernel.trap).toMatchObject({ cause: 2 });
    expect(kernel.createBuffer(4)).toBe(FAULT.lost);
    expect(kernel.readBuffer(buffer, 0, 4)).toBe(FAULT.lost);
    expect(kernel.writeBuffer(buffer, 0, words(1))).toBe(FAULT.lost);
    expect(kernel.destroyBuffer(buffer)).toBe(FAULT.lost);
    expect(kernel.unloadProgram(program)).toBe(FAULT.lost);
    expect(kernel.loadProgram(objectOf(FOREVER))).toMatchObject({ ok: false, rule: "FAULT", word: FAULT.lost });
    expect(refusal(kernel.submit(stream()))).toBe(FAULT.lost);
  });

  test("fuel ends what does not end, and is shared by a submission's commands", () => {
    const small = new Kernel({ tier, fuelPerSubmit: 1000 });
    expect(small.submit(stream(dispatch, load(small, FOREVER), 0, 1, 1, 1))).toMatchObject({ status: "lost", trap: { cause: 6, fn: 0 } });
    const other = new Kernel({ tier, fuelPerSubmit: 20 });
    const program = load(other, TRIPLE("C"));
    const target = other.createBuffer(64);
    const run = [dispatch, program, 1, target, 0, 64, 2, 1, 1];
    expect(other.submit(stream(...run))).toEqual({ status: "done", fuelUsed: 16 });
    expect(other.submit(stream(...run, ...run))).toMatchObject({ status: "lost", trap: { cause: 6, command: 1 } });
  });

  test("grids of empty workgroups end too", () => {
    const small = new Kernel({ tier, fuelPerSubmit: 1e6 });
    const program = load(small, ".func main\n ret\n.end");
    expect(small.submit(stream(dispatch, program, 0, 65_535, 65_535, 65_535))).toMatchObject({ status: "lost", trap: { cause: 6 } });
  });
});

describe("refuses, and nothing has run", () => {
  beforeEach(fresh("reference"));

  const cases: readonly [string, (p: Handle, b: Handle) => number[], number][] = [
    ["an unknown command", () => [9, 0, 0], FAULT.argument],
    ["a command that is cut short", (_, b) => [clear, b, 0], FAULT.range],
    ["a program for a buffer", (p) => [clear, p, 0, 4], FAULT.handle],
    ["a buffer for a program", (_, b) => [dispatch, b, 1, b, 0, 64, 1, 1, 1], FAULT.handle],
    ["a range past the end", (_, b) => [clear, b, 32, 36], FAULT.range],
    ["a negative offset", (_, b) => [clear, b, -4, 4], FAULT.range],
    ["a fraction", (_, b) => [clear, b, 0.5, 4], FAULT.range],
    ["NaN", (_, b) => [clear, b, Number.NaN, 4], FAULT.range],
    ["infinity", (_, b) => [clear, b, 0, Number.POSITIVE_INFINITY], FAULT.range],
    ["sums past 2^53", (_, b) => [clear, b, 2 ** 53, 2 ** 53], FAULT.range],
    ["bytes", (_, b) => [clear, b, 1, 4], FAULT.alignment],
    ["a copy over itself", (_, b) => [copy, b, 0, b, 4, 8], FAULT.overlap],
    ["too few bindings", (p) => [dispatch, p, 0, 1, 1, 1], FAULT.slot],
    ["too many bindings", (p, b) => [dispatch, p, 2, b, 0, 64, b, 0, 64, 1, 1, 1], FAULT.slot],
    ["no buffer for a slot", (p) => [dispatch, p, 1, 0, 0, 0, 1, 1, 1], FAULT.handle],
    ["a binding below the minimum", (p, b) => [dispatch, p, 1, b, 0, 3, 1, 1, 1], FAULT.minimum],
    ["a binding past the end", (p, b) => [dispatch, p, 1, b, 16, 52, 1, 1, 1], FAULT.range],
    ["a binding at a word", (p, b) => [dispatch, p, 1, b, 4, 16, 1, 1, 1], FAULT.alignment],
    ["a grid over the limit", (p, b) => [dispatch, p, 1, b, 0, 64, MAX_GRID + 1, 1, 1], FAULT.grid],
    ["a grid that is no integer", (p, b) => [dispatch, p, 1, b, 0, 64, 1, 1.5, 1], FAULT.grid],
    ["indirect counts past the end", (p, b) => [dispatchIndirect, p, 1, b, 0, 64, b, 56], FAULT.range],
    ["indirect counts at a byte", (p, b) => [dispatchIndirect, p, 1, b, 0, 64, b, 2], FAULT.alignment],
  ];
  test.each(cases)("%s", (_, numbers, fault) => {
    const program = load(kernel, TRIPLE("C"));
    const before = [clear, buffer, 0, 4];
    kernel.writeBuffer(buffer, 0, words(77));
    const result = kernel.submit(stream(...before, ...numbers(program, buffer)));
    expect(result).toMatchObject({ status: "refused", fault, command: 1 });
    expect(u32(kernel.readBuffer(buffer, 0, 4))).toEqual([77]);
  });

  test("a buffer for a slot that the kernel supplies, and bindings of one dispatch that overlap", () => {
    const program = load(kernel, KINDS);
    const out = kernel.createBuffer(16);
    const bind = (...last: number[]) => [dispatch, program, 5, buffer, 0, 16, out, 0, 16, ...last, 1, 1, 1];
    expect(refusal(kernel.submit(stream(...bind(out, 0, 16, 0, 0, 0, 0, 0, 0))))).toBe(FAULT.slot);
    expect(refusal(kernel.submit(stream(...bind(0, 0, 0, 0, 0, 4, 0, 0, 0))))).toBe(FAULT.slot);
    const same = [dispatch, program, 5, buffer, 0, 32, buffer, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1];
    expect(kernel.submit(stream(...same))).toEqual({ status: "refused", fault: FAULT.overlap, command: 0, slot: 0 });
    same[4] = 0;
    same[5] = 16;
    expect(kernel.submit(stream(...same)).status).toBe("done");
  });

  test("programs of other stages", () => {
    const program = load(kernel, ".stage fragment\n.func main\n ret\n.end");
    expect(refusal(kernel.submit(stream(dispatch, program, 0, 1, 1, 1)))).toBe(FAULT.stage);
  });
});

describe.each(TIERS)("lifetimes, on the %s tier", (tier) => {
  beforeEach(fresh(tier));

  test("handles end: of destroyed buffers, unloaded programs, other kinds and other devices", () => {
    const program = load(kernel, TRIPLE("C"));
    const foreign = new Kernel({ tier }).createBuffer(64);
    expect(kernel.destroyBuffer(program)).toBe(FAULT.handle);
    expect(kernel.unloadProgram(buffer)).toBe(FAULT.handle);
    expect(kernel.destroyBuffer(foreign)).toBe(FAULT.handle);
    expect(kernel.destroyBuffer(buffer)).toBe(0);
    expect(kernel.destroyBuffer(buffer)).toBe(FAULT.handle);
    const next = kernel.createBuffer(64);
    expect(next).not.toBe(buffer);
    expect(kernel.readBuffer(buffer, 0, 4)).toBe(FAULT.handle);
    expect(refusal(kernel.submit(stream(dispatch, program, 1, buffer, 0, 64, 1, 1, 1)))).toBe(FAULT.handle);
    expect(kernel.unloadProgram(program)).toBe(0);
    expect(refusal(kernel.submit(stream(dispatch, program, 1, next, 0, 64, 1, 1, 1)))).toBe(FAULT.handle);
  });

  test("a destroyed buffer's bytes are never seen again", () => {
    kernel.writeBuffer(buffer, 0, new Uint8Array(64).fill(0x5a));
    kernel.destroyBuffer(buffer);
    for (let i = 0; i < 20; i++) {
      const again = kernel.readBuffer(kernel.createBuffer(64), 0, 64);
      expect(u32(again).every((x) => x === 0)).toBe(true);
    }
  });

  test("shared memory works the same", () => {
    const shared = new Kernel({ tier, shared: true });
    const target = shared.createBuffer(64);
    expect(shared.submit(stream(dispatch, load(shared, TRIPLE("C")), 1, target, 0, 64, 4, 1, 1)).status).toBe("done");
    expect(u32(shared.readBuffer(target, 0, 16))).toEqual([0, 3, 6, 9]);
  });
});

describe("hostile callers", () => {
  test("wrong types everywhere get an answer", () => {
    const kernel = new Kernel({ tier: "reference" });
    const buffer = kernel.createBuffer(16);
    const evil = new Proxy(
      {},
      {
        get: () => {
          throw new Error("touched");
        },
      },
    );
    const odd: unknown[] = [undefined, null, "1", 1n, Symbol("x"), [], {}, evil, () => 1, new Date(), Number.NaN, -0.5, 2 ** 60];
    for (const x of odd) {
      const any = x as never;
      expect(kernel.createBuffer(any)).toBe(FAULT.range);
      expect(kernel.destroyBuffer(any)).toBe(FAULT.handle);
      expect(kernel.writeBuffer(buffer, 0, any)).toBe(FAULT.argument);
      expect(kernel.writeBuffer(any, 0, new Uint8Array(4))).toBe(FAULT.handle);
      expect(kernel.writeBuffer(buffer, any, new Uint8Array(4))).toBe(FAULT.range);
      expect(kernel.readBuffer(any, 0, 4)).toBe(FAULT.handle);
      expect(kernel.readBuffer(buffer, any, 4)).toBe(FAULT.range);
      expect(kernel.readBuffer(buffer, 0, any)).toBe(FAULT.range);
      expect(kernel.loadProgram(any)).toMatchObject({ ok: false, rule: "V01" });
      expect(kernel.unloadProgram(any)).toBe(FAULT.handle);
      expect(kernel.submit(any)).toMatchObject({ status: "refused", fault: FAULT.argument });
    }
  });

  test("bytes and streams are read once, and only what they are", () => {
    const kernel = new Kernel({ tier: "reference" });
    const buffer = kernel.createBuffer(8);
    class Growing extends Uint8Array {
      override get byteLength(): number {
        return 4;
      }
      override get length(): number {
        return 1000;
      }
    }
    expect(kernel.writeBuffer(buffer, 4, new Growing(8).fill(9))).toBe(FAULT.range);
    expect(kernel.writeBuffer(buffer, 4, new Growing(4).fill(9))).toBe(0);
    expect(kernel.readBuffer(buffer, 0, 8)).toEqual(Uint8Array.of(0, 0, 0, 0, 9, 9, 9, 9));
    const detached = new Uint8Array(8);
    structuredClone(detached, { transfer: [detached.buffer] });
    expect(kernel.writeBuffer(buffer, 0, detached)).toBe(FAULT.argument);
    expect(kernel.readBuffer(buffer, 0, 4)).toEqual(new Uint8Array(4));
  });

  test("sizes at their limits", () => {
    const kernel = new Kernel({ tier: "reference", maxHeapBytes: 1 << 20 });
    expect(kernel.createBuffer(0)).toBeGreaterThan(0);
    expect(kernel.createBuffer(1 << 20)).toBe(FAULT.memory);
    expect(kernel.createBuffer(0x7fff_ff00)).toBe(FAULT.memory);
    expect(kernel.createBuffer(0x7fff_ff01)).toBe(FAULT.range);
    expect(kernel.createBuffer(-1)).toBe(FAULT.range);
    const most = kernel.createBuffer((1 << 20) - 4096);
    expect(most).toBeGreaterThan(0);
    expect(kernel.createBuffer(65_536)).toBe(FAULT.memory);
    expect(kernel.loadProgram(objectOf(KINDS))).toMatchObject({ ok: true }); // its constants still fit
    expect(kernel.destroyBuffer(most)).toBe(0);
    expect(kernel.createBuffer(65_536)).toBeGreaterThan(0);
  });

  test("random streams never throw, and change nothing of a buffer that they cannot name", () => {
    const other = new Kernel({ tier: "reference" });
    const foreign = other.createBuffer(64);
    other.writeBuffer(foreign, 0, new Uint8Array(64).fill(7));
    const next = randoms(21);
    const counts = { done: 0, refused: 0, lost: 0 };
    while (counts.done + counts.refused < 20_000) {
      const kernel = new Kernel({ tier: "reference", fuelPerSubmit: 1e5 });
      const [big, small] = [kernel.createBuffer(64), kernel.createBuffer(16)];
      const [program, kinds] = [load(kernel, TRIPLE("Z")), load(kernel, KINDS)];
      const handles = [big, small, program, kinds, foreign, 0];
      const valid = [
        [clear, big, 0, 16, copy, big, 0, small, 0, 16],
        [dispatch, program, 1, big, 16, 48, 2, 1, 1, clear, small, 4, 8],
        [dispatch, kinds, 5, small, 0, 16, big, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1],
        [dispatchIndirect, program, 1, big, 0, 32, small, 4],
      ];
      for (let i = 0; i < 5000 && kernel.trap === null; i++) {
        const numbers = Float64Array.from(valid[next() % valid.length]!);
        for (let k = next() % 3; k >= 0; k--) {
          const roll = next() % 8;
          const value = roll < 4 ? handles[next() % handles.length]! : roll < 7 ? (next() % 9) * 4 : (next() % 100) - 20.5;
          numbers[next() % numbers.length] = value;
        }
        counts[kernel.submit(next() % 8 === 0 ? numbers.subarray(0, next() % numbers.length) : numbers).status]++;
      }
      expect(kernel.trap?.cause ?? CAUSE.fuel).toBe(CAUSE.fuel); // indirect counts can be large
    }
    expect(counts.done).toBeGreaterThan(1000);
    expect(counts.refused).toBeGreaterThan(1000);
    expect(other.readBuffer(foreign, 0, 64)).toEqual(new Uint8Array(64).fill(7));
  });

  test("after destroy everything is lost, without a trap", () => {
    const kernel = new Kernel({ tier: "reference" });
    const buffer = kernel.createBuffer(16);
    kernel.destroy();
    expect(kernel.readBuffer(buffer, 0, 4)).toBe(FAULT.lost);
    expect(kernel.createBuffer(16)).toBe(FAULT.lost);
    expect(kernel.trap).toBe(null);
  });
});
