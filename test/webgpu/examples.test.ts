import { expect, test } from "vitest";
import { messages } from "../../examples/errors.ts";
import { sumOnGpu } from "../../examples/reduce.ts";
import { create } from "../../webgpu/index.ts";

async function device(tier: "jit" | "reference"): Promise<GPUDevice> {
  const adapter = await create({ tier }).requestAdapter();
  return adapter!.requestDevice();
}

test.each(["jit", "reference"] as const)("reduce.ts adds on the %s tier", async (tier) => {
  const numbers = Uint32Array.from({ length: 5000 }, (_, i) => i * i);
  expect(await sumOnGpu(await device(tier), numbers)).toBe(numbers.reduce((a, b) => (a + b) >>> 0, 0));
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
