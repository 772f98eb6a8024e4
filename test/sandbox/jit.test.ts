/** The fast tier itself: its encoder, printer, limits and runtime. What code means is tested in jit-cases and jit-random. */
import { describe, expect, test } from "vitest";
import wabtInit from "wabt";
import { KERNEL_NAMES, makeKernel, sourceOf } from "../../bench/gate/kernels.ts";
import { CodeWriter, v } from "../../sandbox/isa/encode.ts";
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { compileProgram, JitAlarm, JitLimit } from "../../sandbox/jit/index.ts";
import { ATOMIC, Code, I32, ModuleWriter, OP, SIMD, VLANE, VMEM } from "../../sandbox/jit/wasm.ts";
import { CAUSE, type Launch } from "../../sandbox/machine/launch.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import type { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { assembleOrThrow, place, SAVE_BYTES, type Tier, tokenOf } from "./harness.ts";

const PLAIN = { shared: false, plainAtomics: true } as const;
const FEATURES = { simd: true, threads: true, sat_float_to_int: true, bulk_memory: true, multi_value: true, reference_types: true };

const loading = wabtInit();

/** wabt's text of a module: an independent reader of what the encoder wrote. */
async function independentWat(wasm: Uint8Array): Promise<string> {
  const wabt = await loading;
  const module = wabt.readWasm(wasm, { ...FEATURES, readDebugNames: false });
  module.validate();
  const text = module.toText({ foldExprs: false, inlineExport: false });
  module.destroy();
  return text;
}

/** Instruction names of module text, in order. */
function mnemonics(text: string): string[] {
  const names: string[] = [];
  for (const line of text.split("\n")) {
    const [first] = line.trim().split(/[\s()]/, 1);
    if (first !== undefined && /^[a-z][a-z0-9_.]*$/.test(first)) names.push(first);
  }
  return names;
}

describe("module encoder", () => {
  test.each(KERNEL_NAMES)("%s: the engine takes it, and so does an independent reader", async (name) => {
    for (const shared of [false, true]) {
      const { wasm } = compileProgram(tokenOf(sourceOf(name)), { shared, plainAtomics: !shared });
      expect(WebAssembly.validate(wasm)).toBe(true);
      if (!shared) expect(mnemonics(await independentWat(wasm)).length).toBeGreaterThan(100);
    }
  });

  test("every instruction has the code that an independent reader knows it by", async () => {
    for (const name of Object.keys(OP) as (keyof typeof OP)[]) await expectName(name, (c) => c.op(name));
    for (const name of Object.keys(SIMD) as (keyof typeof SIMD)[]) await expectName(name, (c) => c.simd(name));
    for (const name of Object.keys(VMEM) as (keyof typeof VMEM)[]) await expectName(name, (c) => c.vmem(name, 8));
    for (const name of Object.keys(VLANE) as (keyof typeof VLANE)[]) await expectName(name, (c) => c.vlane(name, 8, 1));
    for (const name of Object.keys(ATOMIC) as (keyof typeof ATOMIC)[]) await expectName(name, (c) => c.atomic(name));
  });

  /** `unreachable` before and after: any operand types do, and nothing is left over. */
  async function expectName(name: string, emit: (c: Code) => void): Promise<void> {
    const m = new ModuleWriter(false);
    const code = new Code(0);
    code.op("unreachable");
    emit(code);
    code.op("unreachable");
    m.body(m.declare([], []), code);
    expect(mnemonics(await independentWat(m.finish()))).toContain(name);
  }

  test("numbers at the edges of their encodings", () => {
    const values = [0, 1, 63, 64, 127, 128, -1, -64, -65, 8191, 8192, -8192, -8193, 0x7fffffff, -0x80000000];
    const m = new ModuleWriter(false);
    values.forEach((value, k) => {
      const code = new Code(0);
      code.i32(value);
      const fn = m.declare([], [I32]);
      m.body(fn, code);
      m.exportFunction(`f${k}`, fn);
    });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.finish()), { e: { m: new WebAssembly.Memory({ initial: 1 }) } });
    values.forEach((value, k) => {
      const f = exports[`f${k}`];
      expect(typeof f === "function" && f()).toBe(value);
    });
  });
});

describe("the gate's kernels", () => {
  test.each(KERNEL_NAMES)("%s gives what plain JavaScript gives", (name) => {
    for (const options of [PLAIN, { shared: true, plainAtomics: false }, { ...PLAIN, pairs: false }]) {
      const kernel = makeKernel(name, "smoke", options);
      kernel.reset();
      kernel.run();
      expect(kernel.check()).toBeUndefined();
    }
  });
});

describe("limits", () => {
  const objectOf = (code: CodeWriter, functions?: ObjectParts["functions"]): Token => {
    const parts: ObjectParts = {
      stage: 0,
      workgroupSize: [8, 1, 1],
      vRegisters: 128,
      wRegisters: 1,
      gRegisters: 1,
      scratchBytes: 0,
      workgroupBytes: 0,
      functions: functions ?? [{ first: 0, count: code.length, vArgs: 0, wArgs: 0, gArgs: 0, vResults: 0 }],
      slots: [],
      io: [],
      code: code.code(),
      constants: new Uint8Array(0),
    };
    const verdict = verify(encodeObject(parts));
    if (!verdict.ok) throw new Error(`${verdict.rule}: ${verdict.message}`);
    return verdict.token;
  };

  test("a call tree of functions with barriers that doubles at each level", () => {
    const code = new CodeWriter();
    const functions = Array.from({ length: 40 }, (_, f) => {
      const first = code.length;
      if (f === 39) code.barrier(1);
      for (let k = 0; k < 2 && f < 39; k++) code.call(f + 1, 0, 0, 0, 0);
      code.ret();
      return { first, count: code.length - first, vArgs: 0, wArgs: 0, gArgs: 0, vResults: 0 };
    });
    expect(() => compileProgram(objectOf(code, functions), PLAIN)).toThrow(JitLimit);
  });

  test("a call tree without barriers that doubles at each level stays calls", () => {
    const code = new CodeWriter();
    const functions = Array.from({ length: 60 }, (_, f) => {
      const first = code.length;
      for (let k = 0; k < 30; k++) code.alu("iadd", v(k), v(k + 1), v(k + 2));
      for (let k = 0; k < 2 && f < 59; k++) code.call(f + 1, 0, 0, 0, 0);
      code.ret();
      return { first, count: code.length - first, vArgs: 0, wArgs: 0, gArgs: 0, vResults: 0 };
    });
    const token = objectOf(code, functions);
    const outcome = compileProgram(token, PLAIN).run(place(token, { fuel: 10_000 }).launch);
    expect(outcome.cause).toBe(CAUSE.fuel);
  });

  test("a function whose code is over what an engine takes", () => {
    const copies = Array.from(
      { length: 12_000 },
      (_, k) => `  ld.96 v0, s0[w0 + ${k % 64}], Z, contig\n  st.96 v0, s0[w0 + ${(k + 4) % 64}], Z, contig`,
    );
    const text = `.workgroup 8 1 1\n.slot 0 storage read write min=4\n.func main\n${copies.join("\n").replaceAll(/\+ (\d+)/g, (_, n) => `+ ${Number(n) * 4}`)}\n  ret\n.end`;
    expect(() => compileProgram(tokenOf(text), PLAIN)).toThrow(JitLimit);
  });
});

/** Each workgroup stores four words of its own. */
const STORE_ALL = `.workgroup 4 1 1
.slot 0 storage read write min=16
.func main
  sys v0, lane
  sys w0, workgroup_id.x
  iadd v0, v0, w0
  shl w0, w0, #4
  st.32 v0, s0[w0], Z, contig
  ret
.end`;

const launchOf = (token: Token, over: Partial<Launch> = {}, size = 64): Launch => {
  const { launch } = place(token, { slots: { 0: { words: [], size } } });
  return { ...launch, ...over };
};

describe("what a launch may bind", () => {
  test("refuses regions that are not what the program declares", () => {
    const token = tokenOf(STORE_ALL);
    const program = compileProgram(token, PLAIN);
    const good = launchOf(token);
    const region = good.regions[0]!;
    const bytes = good.memory.buffer.byteLength;
    for (const bad of [
      { regions: [] },
      { regions: [{ ...region, kind: 1 }] },
      { regions: [{ ...region, size: 15 }] },
      { regions: [{ ...region, base: region.base + 4 }] },
      { regions: [{ ...region, base: -16 }] },
      { regions: [{ ...region, base: bytes - 16, size: 32 }] },
      { regions: [{ ...region, size: Number.NaN }] },
      { regions: [{ ...region, size: 2 ** 32 }] },
      { save: { ...good.save, base: bytes } },
    ])
      expect(() => program.run({ ...good, ...bad })).toThrow(JitAlarm);
    const outcome = program.run({ ...good, regions: [{ ...region, permissions: 1 }] });
    expect(outcome).toMatchObject({ cause: CAUSE.permission, slot: 0 });
  });

  test("one program, several memories, any grid", () => {
    const token = tokenOf(STORE_ALL);
    const program = compileProgram(token, PLAIN);
    for (const grid of [
      [1, 1, 1],
      [3, 1, 1],
      [2, 5, 3],
      [0, 7, 1],
    ] as const) {
      const memory = new WebAssembly.Memory({ initial: 8 });
      const base = { ...launchOf(token, { grid }), memory, fuel: 1e6 };
      const launch = { ...base, regions: [{ ...base.regions[0]!, base: 1024, size: 64 }], save: { ...base.save, base: 65_536 } };
      expect(program.run(launch).cause).toBe(CAUSE.end);
      const workgroups = grid[0] * grid[1] * grid[2];
      expect(1e6 - launch.fuel).toBe(workgroups * 6);
      const words = [...new Uint32Array(memory.buffer, 1024, 16)];
      expect(words).toEqual(Array.from({ length: 16 }, (_, i) => (workgroups > 0 && i >> 2 < grid[0] ? (i & 3) + (i >> 2) : 0)));
    }
  });

  test("some workgroups of a launch", () => {
    const token = tokenOf(STORE_ALL);
    const program = compileProgram(token, PLAIN);
    const { launch, memory } = place(token, { slots: { 0: { words: [], size: 160 } }, grid: [5, 2, 1], fuel: 1000 });
    const base = launch.regions[0]!.base;
    const written = () => Array.from({ length: 5 }, (_, i) => new Uint32Array(memory.buffer, base + i * 16, 4)[3]);
    for (const [range, expected, fuel] of [
      [{ first: 3, count: 1 }, [0, 0, 0, 6, 0], 994],
      [{ first: 5, count: 2 }, [3, 4, 0, 6, 0], 982],
      [{ first: 10, count: 5 }, [3, 4, 0, 6, 0], 982],
      [{ first: 7, count: 100 }, [3, 4, 5, 6, 7], 964],
    ] as const) {
      expect(program.run(launch, range).cause).toBe(CAUSE.end);
      expect(written()).toEqual(expected);
      expect(launch.fuel).toBe(fuel);
    }
  });

  test("regions above 2 GiB, and larger than that", () => {
    const GIB = 2 ** 30;
    const memory = new WebAssembly.Memory({ initial: 57_344 }); // 3.5 GiB, of which a few pages are touched
    const asm = `.workgroup 4 1 1
.slot 0 storage read write min=16
.slot 1 storage read write min=64
.slot 2 storage read min=64
.func main
  ld.32 v0, s2[0], K, contig
  ld.32 w1, s2[16], K
  mov v9, #0x1234
  st.32 v9, s0[v0], Z
  ld.32 v1, s0[v0], Z
  st.32 v1, s1[0], K, contig
  ld.32 v2, s0[v0 + 4], C
  st.32 v2, s1[16], K, contig
  ld.32 v3, s0[w1], Z, contig
  st.32 v3, s1[32], K, contig
  ld.32 v4, s0[w1 + 8], C
  st.32 v4, s1[48], K, contig
  ret
.end`;
    const token = tokenOf(asm);
    const run = (tier: Tier, base: number, size: number) => {
      const words = new Uint32Array(memory.buffer);
      const offsets = [0, size - 4, size, 0xffffffff, size - 12, 0];
      words.set(offsets, 64);
      words.fill(0, 128, 128 + 16);
      words.set([1, 2, 3, 4, 5, 6, 7, 8], (base + size) / 4 - 4);
      const region = (at: number, bytes: number, permissions: number) => ({
        base: at,
        size: bytes,
        stride: 0,
        kind: 0,
        permissions,
        generation: 1,
      });
      const regions = [region(base, size, 3), region(512, 64, 3), region(256, 64, 1)];
      const outcome = tier(token, { memory, regions, save: region(1024, 0, 3), grid: [1, 1, 1], fuel: 1000 });
      expect(outcome.cause).toBe(CAUSE.end);
      return [...words.subarray(128, 144), ...words.subarray((base + size) / 4 - 4, (base + size) / 4 + 4)];
    };
    for (const [base, size] of [
      [65_536, 3 * GIB],
      [2.5 * GIB, 0.5 * GIB],
      [2 * GIB - 64, 128],
      [1.5 * GIB, 2 * GIB - 65_536],
    ] as const) {
      const expected = run(runReference, base, size);
      expect(run((t, launch) => compileProgram(t, PLAIN).run(launch), base, size)).toEqual(expected);
      expect(expected.slice(0, 4)).toEqual([0x1234, 0x1234, 0, 0]);
    }
  });
});

describe("how a launch ends", () => {
  test("a grid of 65,535 cubed empty workgroups ends when fuel does, at the right one", () => {
    const token = tokenOf(".workgroup 4 1 1\n.func main\n  ret\n.end");
    const { launch } = place(token, { grid: [65_535, 65_535, 65_535], fuel: 3_000_000 });
    const outcome = compileProgram(token, PLAIN).run(launch);
    expect(outcome).toMatchObject({ cause: CAUSE.fuel, workgroup: 3_000_000, pc: 0 });
    expect(launch.fuel).toBe(0);
  });

  test("names the workgroup of a trap in any chunk", () => {
    const asm = `.workgroup 4 1 1
.slot 0 storage read write atomic min=16
.func main
  sys w0, workgroup_id.x
  sys w1, workgroup_id.y
  imul w1, w1, #100
  iadd w0, w0, w1
  shl w0, w0, #2
  at.add v0, s0[w0], T
  ret
.end`;
    const token = tokenOf(asm);
    const expected = runReference(token, launchOf(token, { grid: [100, 30, 1] }, 8000));
    expect(expected).toMatchObject({ cause: CAUSE.bounds, workgroup: 2000, offset: 8000 });
    expect(compileProgram(token, PLAIN).run(launchOf(token, { grid: [100, 30, 1] }, 8000))).toEqual(expected);
  });

  test("save area: what a program says it needs is what it uses", () => {
    const token = tokenOf(sourceOf("matmul_reg4x4"));
    const { saveBytes } = compileProgram(token, PLAIN);
    expect(saveBytes).toBeGreaterThanOrEqual(16 * 16 * 16);
    expect(saveBytes % 16).toBe(0);
    expect(saveBytes).toBeLessThanOrEqual(SAVE_BYTES);
  });

  test("is no tier for bytes: only tokens run", () => {
    expect(() => compileProgram({ ...assembleOrThrow(STORE_ALL) } as unknown as Token, PLAIN)).toThrow(TypeError);
  });
});
