/** Warming the compiler: what it compiles is right, and nobody waits for it. */
import { expect, test } from "vitest";
import { checkShader, compileShader } from "../../webgpu/compile.ts";
import { TEXTS, warmUp } from "../../webgpu/warm-up.ts";

test("every text of it compiles: a wrong one would warm nothing, and say nothing", () => {
  for (const text of TEXTS) {
    const shader = checkShader(text);
    expect(shader.diagnostics.items).toEqual([]);
    expect(compileShader({ shader }).status).toBe("ok");
  }
});

test("it works in turns of its own, between which timers and messages have theirs", async () => {
  let turns = 0;
  const count = () => {
    turns++;
    if (turns < 1000) setImmediate(count);
  };
  setImmediate(count);
  warmUp();
  expect(turns).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(turns).toBeGreaterThan(20);
});
