import { expect, test } from "vitest";
import { firstCells, startLife } from "../../examples/compute/life.ts";
import { drawCube } from "../../examples/cube.ts";
import { messages } from "../../examples/errors.ts";
import { sumOnGpu } from "../../examples/reduce.ts";
import { create, createCanvas, globals, readTexture } from "../../webgpu/index.ts";

async function device(tier: "jit" | "reference"): Promise<GPUDevice> {
  const adapter = await create({ tier }).requestAdapter();
  return adapter!.requestDevice();
}

test.each(["jit", "reference"] as const)("reduce.ts adds on the %s tier", async (tier) => {
  const numbers = Uint32Array.from({ length: 5000 }, (_, i) => i * i);
  expect(await sumOnGpu(await device(tier), numbers)).toBe(numbers.reduce((a, b) => (a + b) >>> 0, 0));
});

test("cube.ts draws the same cube on both tiers, in front of its background", async () => {
  const pictures = await Promise.all(
    (["jit", "reference"] as const).map(async (tier) => {
      const canvas = createCanvas(32, 32);
      const gpu = await device(tier);
      drawCube(gpu, canvas, 0.6);
      return readTexture(canvas.getContext("webgpu")!.getCurrentTexture());
    }),
  );
  const [jit, reference] = pictures.map(({ data }) => [...data]);
  expect(jit).toEqual(reference);
  const at = (x: number, y: number) => jit!.slice((y * 32 + x) * 4, (y * 32 + x) * 4 + 3);
  expect(at(1, 1)).toEqual([20, 23, 31]);
  // the top face is the brightest, then the front, then the left side
  const [top, front, left] = [at(16, 10)[0]!, at(20, 18)[0]!, at(10, 16)[0]!];
  expect(top > front && front > left && left > 31).toBe(true);
});

test("errors.ts shows messages that say what would be right", async () => {
  const found = Object.fromEntries(await messages(await device("jit")));
  const texts = Object.values(found);
  expect(texts).toEqual([
    expect.stringMatching(/"results": usage MAP_READ may be combined with COPY_DST only.*use a second buffer/),
    expect.stringMatching(/"typo" has errors\n {2}1:52: cannot assign to 'x'.*\(W\d{4}\)/),
    expect.stringMatching(
      /"p": the shader's 'v' at @group\(0\) @binding\(0\) does not fit the layout: .*"uniform", but the shader has "storage"/,
    ),
    expect.stringMatching(/"upload" is mapped; call unmap\(\) first/),
  ]);
});

test("compute/life.ts plays as the rules say", async () => {
  Object.assign(globalThis, globals);
  const [width, height, generations] = [48, 32, 10];
  const demo = startLife(await device("jit"), width, height);
  let cells = [...firstCells(width * height)].map((cell) => cell === 255);
  let pixels = new Uint8ClampedArray();
  for (let i = 0; i < generations; i++) {
    pixels = await demo.frame();
    const alive = (x: number, y: number) => Number(cells[((y + height) % height) * width + ((x + width) % width)]);
    cells = cells.map((cell, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      const rows = [y - 1, y, y + 1].map((row) => alive(x - 1, row) + alive(x, row) + alive(x + 1, row));
      const around = rows.reduce((a, b) => a + b) - Number(cell);
      return around === 3 || (cell && around === 2);
    });
  }
  expect(cells.filter(Boolean).length).toBeGreaterThan(50);
  expect(cells).toEqual(Array.from({ length: width * height }, (_, at) => pixels[at * 4]! > 200));
});
