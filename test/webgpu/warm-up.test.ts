/** Warming the compiler: what it compiles is right, and nobody waits for it. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkShader, compileShader } from "../../webgpu/compile.ts";
import { TEXTS, warmInTurns } from "../../webgpu/warm-up.ts";

test("every text of it compiles: a wrong one would warm nothing, and say nothing", () => {
  for (const text of TEXTS) {
    const shader = checkShader(text);
    expect(shader.diagnostics.items).toEqual([]);
    expect(compileShader({ shader }).status).toBe("ok");
  }
});

/** Runs all slices on a clock that goes on by `stepMs` whenever it is looked at. @returns how many there were */
function slices(stepMs: number): number {
  const waiting: (() => void)[] = [];
  let time = 0;
  let count = 0;
  warmInTurns({ idle: (task) => waiting.push(task), now: () => (time += stepMs) });
  for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
    task();
    expect(waiting.length).toBeLessThan(2);
    if (++count > 10_000) throw new Error("it does not end");
  }
  return count;
}

test("it works in slices, a step in each where steps are slow, and begins none itself", () => {
  expect(slices(2)).toBeGreaterThan(3 * TEXTS.length);
});

test("it ends early where it takes too long", () => {
  expect(slices(100)).toBe(4);
});

test("what goes wrong ends it, and nothing else", () => {
  const original = WebAssembly.Module;
  try {
    WebAssembly.Module = function refused() {
      throw new WebAssembly.CompileError("this page allows no WebAssembly");
    } as unknown as typeof WebAssembly.Module;
    expect(slices(2)).toBeLessThan(8);
  } finally {
    WebAssembly.Module = original;
  }
});

test("a loop that waits for something else is woken by it", () => {
  const host = join(import.meta.dirname, "../../webgpu/host.ts");
  const script = `
    const { idle } = await import(${JSON.stringify(host)});
    let turns = 0;
    const turn = () => { if (++turns < 20) idle(turn); };
    idle(turn);
    setTimeout(() => { console.log(turns); idle(() => console.log("kept alive")); }, 3000);`;
  const out = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { encoding: "utf8" });
  expect(out).toBe("20\n");
});
