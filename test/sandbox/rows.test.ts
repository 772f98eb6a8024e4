/**
 * One group for each system that the idea came from, with the number that docs/security.md, "Where it comes from", states. Rows about the
 * compiler are in rows-compiler.test.ts.
 */
import { describe, expect, test } from "vitest";
import { PERM, SLOT_KIND } from "../../sandbox/isa/modes.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { COMMAND } from "../../sandbox/kernel/door.ts";
import { Kernel } from "../../sandbox/kernel/kernel.ts";
import { runCapped } from "../../sandbox/kernel/share.ts";
import type { Hooks } from "../../sandbox/machine/execute.ts";
import { CAUSE, type Outcome, type Region } from "../../sandbox/machine/launch.ts";
import { type ReferenceOptions, runReference } from "../../sandbox/machine/reference.ts";
import { MachineAlarm } from "../../sandbox/machine/wave.ts";
import { HandleTable } from "../../sandbox/memory/handles.ts";
import { Heap } from "../../sandbox/memory/heap.ts";
import { cut, derive } from "../../sandbox/memory/regions.ts";
import { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { objectOf, ruleFiles } from "../campaign/files.ts";
import { randoms } from "../campaign/random.ts";
import { assembleOrThrow, place, tokenOf } from "./harness.ts";

const SLOT = ".workgroup 4 1 1\n.slot 0 storage read write min=16\n";

interface Ran {
  readonly outcome: Outcome;
  readonly words: readonly number[];
  readonly dirty: number;
}

/** Runs text on the reference tier, with four words bound. */
function run(asm: string, options: ReferenceOptions = {}, fuel = 1e6): Ran {
  const placed = place(tokenOf(asm), { slots: { 0: [1, 2, 3, 4] }, fuel });
  const { outcome, slots, dirty } = placed.result(runReference(tokenOf(asm), placed.launch, options));
  return { outcome, words: slots[0] ?? [], dirty: dirty.length };
}

describe("V8 sandbox: no raw address leaves, names are index, generation and kind", () => {
  test("10^6 handles of another kind, another table or none at all name nothing", () => {
    const next = randoms(1);
    const [mine, other] = [new HandleTable<number>(1), new HandleTable<number>(2)];
    const handles = Array.from({ length: 1000 }, (_, i) => mine.add(1 + (i % 15), i));
    const foreign = Array.from({ length: 1000 }, (_, i) => other.add(1 + (i % 15), i));
    let named = 0;
    for (let i = 0; i < 1_000_000; i++) {
      const at = next() % 1000;
      const wrongKind = 1 + (((at % 15) + 1 + (next() % 14)) % 15);
      const tries = [
        [handles[at]!, wrongKind],
        [foreign[at]!, 1 + (at % 15)],
        [next() * 2 ** 20 + next(), 1 + (next() % 15)],
        [-handles[at]! - 0.5, 1 + (at % 15)],
      ] as const;
      const [handle, kind] = tries[i % 4]!;
      if (mine.get(handle, kind) !== undefined) named++;
    }
    expect(named).toBe(0);
    expect(mine.get(handles[5]!, 6)).toBe(5);
  });
});

/** Words of structure and all the targets that programs of up to `n` words can name. */
function skeletonWords(n: number): string[] {
  const targets = Array.from({ length: n + 2 }, (_, i) => i);
  return [
    ...targets.flatMap((t) => [`if v0 ->${t}`, `else ->${t}`, `loop.v ->${t}`, `endloop ->${t}`]),
    ...["end", "brk 0", "brk.if v0, 1", "ret", "ret.if v0", "call f"],
  ];
}

function skeletons(n: number): string[][] {
  const words = skeletonWords(n);
  let all: string[][] = [[]];
  for (let i = 0; i < n; i++) all = all.flatMap((list) => words.map((word) => [...list, word]));
  return all;
}

describe("WebAssembly's memory model and CFI: structure and every access checked in one pass", () => {
  test("all control skeletons of up to 3 words x all targets: what is accepted runs inside its code, in matched constructs, and ends", () => {
    let [tried, accepted, executed, outside] = [0, 0, 0, 0];
    // Words are encoded once each; a program is a list of them.
    for (const n of [1, 2, 3]) {
      const encoded = new Map<string, readonly number[]>();
      for (const word of skeletonWords(n)) {
        const { code } = assembleOrThrow(`.loose\n.registers v=1 w=0 g=0\n.func main\n ${word}\n ret\n.end\n.func f\n ret\n.end`);
        encoded.set(word, [code[0]!, code[1]!]);
      }
      const base = assembleOrThrow(`.loose\n.registers v=1 w=0 g=0\n.func main\n${" ret\n".repeat(n + 1)}.end\n.func f\n ret\n.end`);
      for (const list of skeletons(n)) {
        const code = base.code.slice();
        for (const [i, word] of list.entries()) code.set(encoded.get(word)!, i * 2);
        tried++;
        const verdict = verify(encodeObject({ ...base, code }));
        if (!verdict.ok) continue;
        accepted++;
        const word: Hooks["word"] = (wave) => {
          executed++;
          if (!(wave.pc >= 0 && wave.pc < n + 2)) outside++;
        };
        const hooks: Hooks = { word, access() {}, barrier() {}, workgroup() {} };
        const { cause } = runReference(verdict.token, place(verdict.token, { fuel: 40 }).launch, { hooks }); // an alarm would throw
        expect(cause === CAUSE.end || cause === CAUSE.fuel).toBe(true);
      }
    }
    console.log("skeletons", { tried, accepted, executed, outside });
    expect(tried).toBeGreaterThan(15_000);
    expect(accepted).toBeGreaterThan(50);
    expect(executed).toBeGreaterThan(accepted);
    expect(outside).toBe(0);
  }, 60_000);
});

describe("HFI: regions latched at enter, causes, and a handler that a trap returns to", () => {
  const LOAD = (mode: string) =>
    `${SLOT}.func main\n  sys v0, lane\n  shl v0, v0, #3\n  ld.32 v1, s0[v0], ${mode}\n  st.32 v1, s0[0], K, contig\n  ret\n.end`;
  const FOREVER = ".func main\n loop.g\n endloop\n ret\n.end";

  test("every cause is reached", () => {
    const seen = new Set<number>();
    seen.add(run(LOAD("Z")).outcome.cause);
    seen.add(run(LOAD("T")).outcome.cause);
    seen.add(runReference(tokenOf(FOREVER), place(tokenOf(FOREVER), { fuel: 10 }).launch).cause);
    const { launch } = place(tokenOf(LOAD("Z")), { slots: { 0: [1, 2, 3, 4] } });
    seen.add(runReference(tokenOf(LOAD("Z")), { ...launch, regions: [{ ...launch.regions[0]!, permissions: PERM.write }] }).cause);
    const late = runCapped((l) => runReference(tokenOf(FOREVER), l), place(tokenOf(FOREVER), {}).launch, 0, 1, 1e6, 10);
    seen.add(late.cause);
    expect([...seen].sort()).toEqual(Object.values(CAUSE).sort());
  });

  test("the cause register says where: word, lane, slot and offset", () => {
    expect(run(LOAD("T")).outcome).toMatchObject({ cause: CAUSE.bounds, pc: 2, lane: 2, slot: 0, offset: 16 });
  });

  test("what is done to the region table after enter changes nothing", () => {
    const token = tokenOf(LOAD("Z"));
    const { launch } = place(token, { slots: { 0: [1, 2, 3, 4] } });
    const regions: Region[] = [...launch.regions];
    let moved = 0;
    const word = () => {
      regions[0] = { ...launch.regions[0]!, base: 0, size: 1 << 20 };
      moved++;
    };
    const outcome = runReference(token, { ...launch, regions }, { hooks: { word, access() {}, barrier() {}, workgroup() {} } });
    const bytes = new Uint32Array(launch.memory.buffer, launch.regions[0]!.base, 4);
    expect([outcome.cause, moved, ...bytes]).toEqual([CAUSE.end, 5, 1, 3, 0, 0]);
  });

  test("a region that is too small, of another kind, misaligned, outside of memory or missing is not entered", () => {
    const token = tokenOf(LOAD("Z"));
    const { launch } = place(token, { slots: { 0: [1, 2, 3, 4] } });
    const good = launch.regions[0]!;
    const size = launch.memory.buffer.byteLength;
    const bad = [
      { size: 15 },
      { kind: SLOT_KIND.uniform },
      { base: good.base + 4 },
      { base: size - 8 },
      { base: -16 },
      { base: Number.NaN },
    ];
    for (const change of bad) {
      expect(() => runReference(token, { ...launch, regions: [{ ...good, ...change }] })).toThrow(MachineAlarm);
    }
    expect(() => runReference(token, { ...launch, regions: [] })).toThrow(MachineAlarm);
  });

  test("the handler kills, or answers the access: a load gets its number, a store is dropped, other lanes are as they were", () => {
    const traps: (readonly [Outcome, number])[] = [];
    const killed = run(LOAD("T"), { onTrap: (...trap) => void traps.push(trap) });
    expect(killed).toMatchObject({ outcome: { cause: CAUSE.bounds, lane: 2, offset: 16 }, words: [1, 2, 3, 4], dirty: 0 });
    expect(traps).toEqual([[killed.outcome, 4]]);
    const answered = run(LOAD("T"), { onTrap: ({ lane, offset }) => lane * 1000 + offset });
    expect(answered).toMatchObject({ outcome: { cause: CAUSE.end }, words: [1, 3, 2016, 3024], dirty: 0 });
    const second = run(LOAD("T"), { onTrap: ({ lane }) => (lane === 2 ? 7 : undefined) });
    expect(second).toMatchObject({ outcome: { cause: CAUSE.bounds, lane: 3 }, words: [1, 2, 3, 4] });
    const STORE = `${SLOT}.func main\n  sys v0, lane\n  shl v0, v0, #3\n  st.32 v0, s0[v0], T\n  ld.32 v1, s0[v0], Z\n  st.32 v1, s0[0], K, contig\n  ret\n.end`;
    expect(run(STORE, { onTrap: () => 5 })).toMatchObject({ outcome: { cause: CAUSE.end }, words: [0, 8, 0, 0], dirty: 0 });
  });

  test("an answer is for one access; loads of g registers are not asked about", () => {
    const TWICE = `${SLOT}.func main\n  mov v0, #64\n  ld.32 v1, s0[v0], T\n  ld.32 v2, s0[v0], Z\n  st.32 v1, s0[0], K, contig\n  st.32 v2, s0[0], Z\n  st.32 v2, s0[v0], Z\n  ret\n.end`;
    expect(run(TWICE.replace("  st.32 v2, s0[0], Z\n", ""), { onTrap: () => 9 }).words).toEqual([9, 9, 9, 9]);
    const G = `.workgroup 8 1 1\n.slot 0 uniform read min=16\n.func main\n  mov g0, #64\n  ld.32 g1, s0[g0], T\n  ret\n.end`;
    let asked = 0;
    const placed = place(tokenOf(G), { slots: { 0: [1, 2, 3, 4] } });
    expect(runReference(tokenOf(G), placed.launch, { onTrap: () => ++asked }).cause).toBe(CAUSE.bounds);
    expect(asked).toBe(0);
  });

  test("with no handler an answer is never needed: results and fuel are those of the machine without one", () => {
    expect(run(LOAD("Z"), { onTrap: () => 1 })).toEqual(run(LOAD("Z")));
  });
});

describe("W^X: code is a private copy", () => {
  test("10^5 edits of the bytes that were verified change no word of the token", () => {
    const next = randoms(3);
    const object = objectOf(`${SLOT}.func main\n  mov v0, #7\n  st.32 v0, s0[0], K, contig\n  ret\n.end`);
    const verdict = verify(object);
    if (!verdict.ok) throw new Error(verdict.message);
    const program = Token.program(verdict.token);
    const before = JSON.stringify(program, (_, v: unknown) => (ArrayBuffer.isView(v) ? [...new Uint8Array(v.buffer)] : v));
    let changed = 0;
    for (let i = 0; i < 100_000; i++) {
      object[next() % object.length]! ^= 1 + (next() % 255);
      if (program.code[3] !== 0 && program.code[0] === 0) changed++;
      if (
        i % 1000 === 0 &&
        JSON.stringify(program, (_, v: unknown) => (ArrayBuffer.isView(v) ? [...new Uint8Array(v.buffer)] : v)) !== before
      )
        changed++;
    }
    expect(changed).toBe(0);
    const placed = place(verdict.token, { slots: { 0: [1, 2, 3, 4] } });
    expect(placed.result(runReference(verdict.token, placed.launch)).slots[0]).toEqual([7, 7, 7, 7]);
    expect(Object.isFrozen(program) && Object.isFrozen(program.functions) && Object.isFrozen(program.slots)).toBe(true);
  });
});

describe("ARM realms and POE: a tenant's rights go with its device, and only shrink inside", () => {
  test("1,000 tenants, 10^4 switches: each finds its own bytes, and nothing by another's names", () => {
    const next = randoms(4);
    const tenants = Array.from({ length: 1000 }, (_, i) => {
      const kernel = new Kernel({ tier: "reference", maxHeapBytes: 1 << 16 });
      for (let k = 0; k < i % 7; k++) kernel.createBuffer(16); // so that names differ
      const buffer = kernel.createBuffer(64);
      kernel.writeBuffer(buffer, 0, new Uint8Array(Uint32Array.from({ length: 16 }, () => i + 1).buffer));
      return { kernel, buffer };
    });
    let [own, crossed] = [0, 0];
    for (let i = 0; i < 10_000; i++) {
      const at = next() % 1000;
      const [tenant, other] = [tenants[at]!, tenants[next() % 1000]!];
      for (const handle of [tenant.buffer, other.buffer]) {
        const read = tenant.kernel.readBuffer(handle, 0, 64);
        if (typeof read === "number") continue;
        const words = new Uint32Array(read.buffer);
        if (words.every((word) => word === at + 1 || word === 0)) own++;
        else crossed++;
      }
      const copied = tenant.kernel.submit(Float64Array.of(COMMAND.copy, other.buffer, 0, tenant.buffer, 32, 32));
      expect(["done", "refused"]).toContain(copied.status);
    }
    for (const { kernel } of tenants) kernel.destroy();
    console.log("tenants", { own, crossed });
    expect(crossed).toBe(0);
    expect(own).toBeGreaterThanOrEqual(10_000);
  }, 60_000);
});

describe("MTE: what a tag of 4 bits on every 16 bytes would have missed", () => {
  test("10^6 random accesses outside: exact bounds see all, tags miss one in sixteen", () => {
    const next = randoms(5);
    const asm = `${SLOT}.func main
  sys v0, lane
  imul v0, v0, #0x2545f491
  loop.v
    imul v0, v0, #1664525
    iadd v0, v0, #1013904223
    shr v1, v0, #12
    iadd v1, v1, #64
    ld.32 v2, s0[v1], T
  endloop
  ret
.end`;
    const tags = Uint8Array.from({ length: (1 << 16) + 64 }, () => next() & 15);
    const mine = 9;
    let [caught, missed] = [0, 0];
    const onTrap = ({ offset }: Outcome) => {
      caught++;
      if (tags[(offset + 64) >>> 4] === mine) missed++;
      return 0;
    };
    const { outcome } = run(asm, { onTrap }, 1_700_000);
    expect(outcome.cause).toBe(CAUSE.fuel);
    console.log("tags", { outside: caught, missed, percent: ((100 * missed) / caught).toFixed(2) });
    expect(caught).toBeGreaterThan(1_000_000);
    expect(Math.abs(missed / caught - 1 / 16)).toBeLessThan(0.003);
  }, 60_000);
});

describe("CHERI: views only narrow, and nothing is a name because it looks like one", () => {
  test("10^6 random chains of derive: never more bytes, never more rights", () => {
    const next = randoms(6);
    let [made, refused, wider] = [0, 0, 0];
    for (let i = 0; i < 1_000_000; i++) {
      let region = cut({ base: 4096, size: 4096 }, 0, 4096, SLOT_KIND.storage, next() & 7)!;
      for (let depth = next() % 4; depth >= 0; depth--) {
        const view = derive(region, (next() % 300) * 16 - 160, (next() % 5000) - 100, next() & 7);
        if (view === undefined) refused++;
        else {
          made++;
          const inside = view.base >= region.base && view.base + view.size <= region.base + region.size && view.size >= 0;
          if (!inside || (view.permissions & ~region.permissions) !== 0 || view.kind !== region.kind || !Object.isFrozen(view)) wider++;
          region = view;
        }
      }
    }
    console.log("views", { made, refused, wider });
    expect(wider).toBe(0);
    expect(made).toBeGreaterThan(100_000);
    expect(refused).toBeGreaterThan(100_000);
  }, 60_000);

  test("10^6 forged handles: none is accepted", () => {
    const next = randoms(7);
    const table = new HandleTable<number>(5);
    const handles = Array.from({ length: 1000 }, (_, i) => table.add(1 + (i % 15), i));
    const live = new Set(handles);
    let accepted = 0;
    for (let i = 0; i < 1_000_000; i++) {
      const handle = handles[i % 1000]! + (1 + (next() % 1000)) * 2 ** (i % 52) * (i % 2 === 0 ? 1 : -1);
      if (live.has(handle)) continue;
      for (let kind = 1; kind < 16; kind++) if (table.get(handle, kind) !== undefined) accepted++;
    }
    expect(accepted).toBe(0);
  }, 60_000);
});

describe("MiraclePtr: quarantine, poison, generations", () => {
  test("seeded uses after free: 10^5 stale names find nothing, 10^4 dangling reads find poison or zeros, never old bytes", () => {
    const next = randoms(8);
    const table = new HandleTable<number>(1);
    let stale = 0;
    for (let i = 0; i < 100_000; i++) {
      const handle = table.add(1, i);
      table.remove(handle, 1);
      if (i % 2 === 0) table.add(1, -i);
      if (table.get(handle, 1) !== undefined) stale++;
    }
    expect(stale).toBe(0);
    const heap = new Heap({ shared: false, maxBytes: 1 << 24, guardBytes: 0 });
    let [reads, poisoned, reused] = [0, 0, 0];
    for (let i = 0; i < 10_000; i++) {
      const size = 4 + (next() % 2000);
      const base = heap.allocate(size);
      heap.bytes.fill(0x41, base, base + size);
      heap.free(base);
      const again = heap.allocate(size); // while the freed block is in quarantine
      if (again === base) reused++;
      reads++;
      if (heap.bytes.subarray(base, base + size).every((byte) => byte === 0xef)) poisoned++;
      heap.free(again);
      heap.idle();
      const clean = heap.allocate(size);
      expect(heap.bytes.subarray(clean, clean + size).every((byte) => byte === 0)).toBe(true);
      heap.free(clean);
      heap.idle();
    }
    console.log("uses after free", { reads, poisoned, reused, stale });
    expect([poisoned, reused]).toEqual([reads, 0]);
  }, 60_000);
});

describe("the driver's split: user mode submits bytes, the kernel copies and verifies", () => {
  test("10^5 submissions that name what was refused, or was never there: nothing runs", () => {
    const next = randoms(9);
    const kernel = new Kernel({ tier: "reference" });
    const buffer = kernel.createBuffer(64);
    const refused = ruleFiles().map(({ text }) => kernel.loadProgram(objectOf(text)));
    expect(refused.every((loaded) => !loaded.ok)).toBe(true);
    let ran = 0;
    for (let i = 0; i < 100_000; i++) {
      const program = i % 2 === 0 ? buffer + (next() % 64) : next() * 2 ** (next() % 21);
      const submitted = kernel.submit(Float64Array.of(COMMAND.dispatch, program, 1, buffer, 0, 64, 1, 1, 1));
      if (submitted.status !== "refused") ran++;
    }
    expect(ran).toBe(0);
    expect(kernel.readBuffer(buffer, 0, 64)).toEqual(new Uint8Array(64));
  }, 60_000);
});
