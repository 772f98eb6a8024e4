/** Random programs of functions that call each other: the same results with every call kept, with some, and with none. */
import { describe, expect, test } from "vitest";
import type { Bind } from "../../cli/directives.ts";
import { launch, type Tier } from "../../cli/launch.ts";
import { checkShader, compileShader } from "../../webgpu/compile.ts";
import { randomCalls } from "./random-calls.ts";

const COUNT = Number(process.env.BACKEND_RANDOM ?? 16);
const FIRST = Number(process.env.BACKEND_SEED ?? 1);
const SIZES = [8, 5, 16, 3] as const;
const GRID: [number, number, number] = [2, 1, 1];

/** What the program writes, or undefined where the checker found two names for one variable. */
function run(seed: number, inlineBudget: number | undefined, tier: Tier): string | undefined {
  const reply = compileShader({ shader: checkShader(randomCalls(seed, SIZES[seed % 4]!)), inlineBudget });
  if (reply.status === "invalid") return undefined;
  if (reply.status !== "ok") return reply.failure.message;
  const bind = (binding: number, words: Uint32Array): Bind => ({ group: 0, binding, scalar: "u32", words });
  const input = Uint32Array.from({ length: 32 }, (_, i) => (i * 7 + seed) % 23);
  const result = launch({
    object: reply.object,
    binds: [bind(0, input), bind(1, new Uint32Array(32))],
    dispatch: GRID,
    tier,
    fuel: 3_000_000,
  });
  return result.status === "done" ? result.outputs[0]!.words.join() : result.status;
}

describe("random calls", () => {
  let compared = 0;
  test.each(Array.from({ length: COUNT }, (_, i) => FIRST + i))("seed %d", (seed) => {
    const inlined = run(seed, undefined, "reference");
    if (inlined === undefined) return;
    compared++;
    expect(run(seed, 0, "reference")).toBe(inlined);
    expect(run(seed, 0, "jit")).toBe(inlined);
    expect(run(seed, 60, "jit")).toBe(inlined);
  });
  test("most are valid", () => expect(compared).toBeGreaterThan(COUNT / 3));
});

describe("a chain in which each function calls the next twice", () => {
  /** 2^depth calls. */
  function chain(depth: number): string {
    const fns = Array.from({ length: depth }, (_, i) => {
      if (i === depth - 1) return `fn f${i}(x: u32) -> u32 { return x * 5u + 1u; }`;
      return `fn f${i}(x: u32) -> u32 { let y = f${i + 1}(x + ${i}u); return f${i + 1}(y ^ (x >> 3u)) + y; }`;
    });
    return `@group(0) @binding(0) var<storage, read_write> dst: array<u32>;
${fns.join("\n")}
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) l: u32) { dst[l] = f0(l); }`;
  }
  function words(depth: number): number {
    const reply = compileShader({ shader: checkShader(chain(depth)) });
    return reply.status === "ok" ? reply.parts.code.length / 2 : Number.NaN;
  }
  test("takes code in proportion to its text", () => {
    expect(words(30)).toBeLessThan(3000);
    expect(words(120) - words(60)).toBeLessThan(1.5 * (words(60) - words(30)) * 2);
  });
  test("runs until its fuel ends", () => {
    const reply = compileShader({ shader: checkShader(chain(30)) });
    if (reply.status !== "ok") throw new Error(reply.status);
    const binds: Bind[] = [{ group: 0, binding: 0, scalar: "u32", words: new Uint32Array(4) }];
    for (const tier of ["reference", "jit"] as const) {
      const result = launch({ object: reply.object, binds, dispatch: [1, 1, 1], tier, fuel: 100_000 });
      expect(result.status === "trapped" && result.trap.cause).toBe(6);
    }
  });
});
