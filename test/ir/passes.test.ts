/** Properties of single passes that golden files cannot show. */
import { describe, expect, test } from "vitest";
import { Module } from "../../ir/module.ts";
import type { OpName } from "../../ir/ops.ts";
import { optimize } from "../../ir/optimize.ts";
import { parse } from "../../ir/parse.ts";
import { runPasses } from "../../ir/pass.ts";
import { reciprocal } from "../../ir/passes/fold-divide.ts";
import { bitsOfFloat, floatOfBits } from "../../ir/print-type.ts";
import { Limit } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { rng } from "./generate.ts";
import { runIr } from "./interp.ts";

function read(text: string): Module {
  const result = parse(text);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.module;
}

describe("division by constants", () => {
  const divisors = [3, 5, 6, 7, 9, 10, 11, 12, 13, 100, 641, 1000, 65535, 65537, 0x7fffffff, 0x80000001, 0xfffffffe, 0xffffffff];
  const random = rng(5);
  for (let i = 0; i < 300; i++) divisors.push(Math.max(3, Math.floor(random() * 2 ** (2 + Math.floor(random() * 31)))));
  test("the product's high half is the quotient, at and around every multiple tried", () => {
    for (const d of divisors) {
      if ((d & (d - 1)) === 0) continue;
      const { magic, more, isWide } = reciprocal(d);
      const m = BigInt(magic >>> 0) + (isWide ? 1n << 32n : 0n);
      const xs = [0, 1, d - 1, d, d + 1, 0xffffffff, 0xfffffffe, 0x80000000, 0x7fffffff];
      for (let i = 0; i < 40; i++) {
        const multiple = Math.floor(random() * Math.floor(0xffffffff / d)) * d;
        xs.push(multiple, multiple + d - 1, Math.floor(random() * 2 ** 32));
      }
      for (const x of xs) {
        if (x > 0xffffffff) continue;
        expect(Number((BigInt(x) * m) >> BigInt(32 + more)), `${x} / ${d}`).toBe(Math.floor(x / d));
      }
    }
  });
});

describe("limits", () => {
  /** Functions that call the next one twice. */
  function chain(n: number): Module {
    const m = new Module();
    const { u32 } = m.types;
    for (let i = 0; i < n; i++) {
      const f = m.addFunction(`f${i}`, u32, [u32]);
      const b = m.createBlock();
      m.appendBlock(f, b);
      let v = m.functions[f]!.params[0]!;
      for (let k = 0; k < 2; k++) v = i + 1 < n ? m.append(b, "FunctionCall", u32, [i + 1, v]) : m.append(b, "IMul", u32, [v, v]);
      m.append(b, "ReturnValue", m.types.void, [v]);
    }
    m.entry = { name: "f0", stage: "compute", func: 0 as never, workgroupSize: [1, 1, 1] };
    return m;
  }
  test("doubling calls stay calls", () => {
    const m = chain(40);
    optimize(m, 2);
    expect(m.functions.filter((fn) => fn.first !== -1).length).toBeGreaterThan(2);
    expect(m.valueCount).toBeLessThan(20_000);
  });
  test("where they would nest deeper than the machine lets them, they are inlined, and end at a Limit", () => {
    expect(() => optimize(chain(5000), 2)).toThrow(Limit);
  });
  test("a long chain of calls does not overflow the stack", () => {
    const m = new Module();
    const { u32 } = m.types;
    for (let i = 0; i < 20_000; i++) {
      const f = m.addFunction(`f${i}`, u32, [u32]);
      const b = m.createBlock();
      m.appendBlock(f, b);
      const p = m.functions[f]!.params[0]!;
      const v = i + 1 < 20_000 ? m.append(b, "FunctionCall", u32, [i + 1, p]) : p;
      m.append(b, "ReturnValue", m.types.void, [v]);
    }
    m.entry = { name: "f0", stage: "compute", func: 0 as never, workgroupSize: [1, 1, 1] };
    runPasses(m, ["inline"], { validate: true });
  });
  test("a load of a huge array ends at a Limit", () => {
    const m = read(`var @a: ptr<StorageBuffer, array<u32, 1000000, stride 4>> group 0 binding 0 writable
entry compute @main workgroup_size(1, 1, 1)
fn @main() -> void {
block b0:
  %1 = Load array<u32, 1000000, stride 4> @a
  Store @a, %1
  Return
}`);
    expect(() => optimize(m, 2)).toThrow(Limit);
  });
});

describe("large modules stay linear", () => {
  /** `main` calls a function that returns early and has a variable, n times, in one block. */
  function manyCalls(n: number): Module {
    const calls = Array.from({ length: n }, (_, i) => `  %c${i + 1} = FunctionCall u32 @early %c${i}`).join("\n");
    return read(`var @o: ptr<StorageBuffer, array<u32, stride 4>> group 0 binding 0 writable
entry compute @main workgroup_size(1, 1, 1)
fn @early(%x: u32) -> u32 {
block b0 (selection merge b2):
  %v = Variable ptr<Function, vec2<u32>>
  Store %v, null vec2<u32>
  %p = AccessChain ptr<Function, u32> %v, u32 1
  Store %p, %x
  %c = ULessThan bool %x, u32 100
  BranchConditional %c, b1, b2
block b1:
  %q = AccessChain ptr<StorageBuffer, u32> @o, %x
  %l = Load u32 %q
  ReturnValue %l
block b2:
  %m = Load u32 %p
  ReturnValue %m
}
fn @main() -> void {
block b0:
  %a = AccessChain ptr<StorageBuffer, u32> @o, u32 0
  %c0 = Load u32 %a
${calls}
  Store %a, %c${n}
  Return
}`);
  }
  test("thousands of calls of a function that returns early", () => {
    const m = manyCalls(2000);
    const start = process.cpuUsage();
    optimize(m, 2);
    const used = process.cpuUsage(start);
    // about 0.4 s on an idle core; a quadratic pass takes minutes
    expect((used.user + used.system) / 1e6).toBeLessThan(10);
  });
});

describe("built-in functions", () => {
  /** Runs op(inputs) after lowering; f32 in and out. */
  function run(op: OpName, args: readonly number[]): number {
    const m = new Module();
    const { types } = m;
    const info = { group: 0, writable: true, builtin: "", location: NONE };
    const pointer = types.pointer(3, types.array(types.f32, 4, 4));
    const input = m.addGlobal(pointer, { ...info, name: "input", binding: 0 });
    const output = m.addGlobal(pointer, { ...info, name: "output", binding: 1 });
    const f = m.addFunction("main", types.void, []);
    const b = m.createBlock();
    m.appendBlock(f, b);
    const at = (g: typeof input, i: number) => m.append(b, "AccessChain", types.pointer(3, types.f32), [g, m.u32(i)]);
    const values = args.map((_, i) => m.append(b, "Load", types.f32, [at(input, i)]));
    m.append(b, "Store", types.void, [at(output, 0), m.append(b, op, types.f32, values)]);
    m.append(b, "Return", types.void, []);
    m.entry = { name: "main", stage: "compute", func: f, workgroupSize: [1, 1, 1] };
    optimize(m, 0, { validate: true });
    const bytes = new Uint8Array(Uint32Array.from([...args.map((x) => bitsOfFloat(x) >>> 0), 0, 0, 0].slice(0, 4)).buffer);
    const out = new Uint8Array(16);
    runIr(m, {
      buffers: new Map([
        ["input", bytes],
        ["output", out],
      ]),
      inputs: new Map(),
    });
    return floatOfBits(new DataView(out.buffer).getInt32(0, true));
  }
  const close = (got: number, want: number, ulps: number, absolute = 0) => {
    if (Number.isNaN(want)) return expect(got).toBeNaN();
    const ulp = 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(want) || 2 ** -126))) - 23);
    expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(Math.max(ulps * ulp, absolute));
  };
  // bounds of https://www.w3.org/TR/WGSL/#concrete-float-accuracy, where the interpreter has the instructions that they come down to
  test.each([0, 0.1, 0.5, 0.99, 1, -0.3, -1])("of %d", (x) => {
    close(run("Asin", [x]), Math.asin(x), 0, 2 ** -14);
    close(run("Acos", [x]), Math.acos(x), 0, 2 ** -14);
    close(run("Sinh", [x]), Math.sinh(x), 8, 2 ** -20);
    close(run("Cosh", [x]), Math.cosh(x), 8, 2 ** -20);
    close(run("Tanh", [x]), Math.tanh(x), 0, 2 ** -10);
    close(run("Fract", [x]), x - Math.floor(x), 1, 2 ** -24);
    close(run("Radians", [x]), (x * Math.PI) / 180, 2);
    close(run("Degrees", [x]), (x * 180) / Math.PI, 2);
    close(run("Exp", [x]), Math.exp(x), 3 + 2 * Math.abs(x));
    close(run("Pow", [Math.abs(x) + 1, x]), (Math.fround(Math.abs(x)) + 1) ** Math.fround(x), 16);
    close(run("Log", [Math.abs(x) + 0.25]), Math.log(Math.fround(Math.abs(x) + 0.25)), 3, 2 ** -20);
  });
});
