/** The implementation that does nothing: right as far as the suite waits for it, and pleased with everything. */
import { expect, test } from "vitest";
import { create } from "../../scripts/cts/nothing.ts";

test("whatever it is given is valid, and nothing happens", async () => {
  const gpu = create() as GPU;
  const adapter = (await gpu.requestAdapter())!;
  expect(adapter.features.has("shader-f16")).toBe(true);
  const device = await adapter.requestDevice();
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code: "no WGSL at all" });
  expect((await module.getCompilationInfo()).messages).toEqual([]);
  await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const buffer = device.createBuffer({ size: 16, usage: -1, mappedAtCreation: true });
  expect(buffer.getMappedRange(4)).toEqual(new ArrayBuffer(12));
  device.createCommandEncoder().beginComputePass().dispatchWorkgroups(1e9);
  expect(await device.popErrorScope()).toBe(null);
  await expect(device.popErrorScope()).rejects.toThrow(DOMException);
  device.destroy();
  expect((await device.lost).reason).toBe("destroyed");
});
