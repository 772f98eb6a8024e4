/** Objects of the API are collected once the script drops them, and none of them keeps the process alive. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

function run(script: string): string {
  const args = ["--expose-gc", "--import", "tsx", "--input-type=module", "-e", script];
  return execFileSync(process.execPath, args, { cwd: root, timeout: 110_000 }).toString();
}

const SETUP = `
  import { create } from "./webgpu/index.ts";
  const gpu = create({ compile: "inline" });
  const device = await (await gpu.requestAdapter()).requestDevice();
  const code = "@group(0) @binding(0) var<storage, read_write> v: array<u32>; @compute @workgroup_size(1) fn main() { v[0] = 1; }";
  function everything(device) {
    const buffer = device.createBuffer({ size: 1024, usage: 128 | 4 });
    const mapped = device.createBuffer({ size: 1024, usage: 8 | 1, mappedAtCreation: true });
    mapped.getMappedRange(); mapped.unmap();
    const texture = device.createTexture({ size: [8, 8], format: "rgba8unorm", usage: 31 });
    const module = device.createShaderModule({ code });
    const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
    const layout = pipeline.getBindGroupLayout(0);
    const group = device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline); pass.setBindGroup(0, group); pass.dispatchWorkgroups(1); pass.end();
    const commands = encoder.finish();
    device.queue.submit([commands]);
    const querySet = device.createQuerySet({ type: "occlusion", count: 4 });
    const objects = { buffer, mapped, texture, view: texture.createView(), module, pipeline, layout, group, encoder, pass, commands, querySet, sampler: device.createSampler() };
    return Object.entries(objects).map(([name, object]) => [name, new WeakRef(object)]);
  }
  async function alive(refs) {
    for (let turn = 0; turn < 20; turn++) { await new Promise((resolve) => setTimeout(resolve, 5)); gc(); }
    return refs.filter(([, ref]) => ref.deref() !== undefined).map(([name]) => name);
  }
`;

test("every object of a living device is collected, and its memory with it", () => {
  const out = run(`${SETUP}
    const kept = await alive(everything(device));
    console.log(JSON.stringify(kept));
    device.createBuffer({ size: 4, usage: 4 }); // the device lived all the time`);
  expect(JSON.parse(out)).toEqual([]);
}, 120_000);

test("a device, destroyed or not, is collected with all it made", () => {
  const out = run(`${SETUP}
    async function devices(destroy) {
      const other = await (await gpu.requestAdapter()).requestDevice();
      const refs = [["device", new WeakRef(other)], ["queue", new WeakRef(other.queue)], ...everything(other)];
      if (destroy) other.destroy();
      return refs;
    }
    console.log(JSON.stringify([await alive(await devices(true)), await alive(await devices(false))]));`);
  expect(JSON.parse(out)).toEqual([[], []]);
}, 120_000);

test("buffers that shaders can bind, left mapped, hold no device", () => {
  const out = run(`${SETUP}
    async function devices(destroy) {
      const other = await (await gpu.requestAdapter()).requestDevice();
      const make = () => other.createBuffer({ size: 1024, usage: 128, mappedAtCreation: true });
      const before = make();
      if (destroy) other.destroy();
      const after = make();
      return [["device", new WeakRef(other)], ["before", new WeakRef(before)], ["after", new WeakRef(after)], ["range", new WeakRef(after.getMappedRange())]];
    }
    console.log(JSON.stringify([await alive(await devices(true)), await alive(await devices(false))]));`);
  expect(JSON.parse(out)).toEqual([[], []]);
}, 120_000);

test("open scopes, pending compilations and mapped buffers do not keep the process alive when nobody waits for them", () => {
  const started = performance.now();
  run(`
    import { create } from "./webgpu/index.ts";
    const gpu = create();
    const device = await (await gpu.requestAdapter()).requestDevice();
    device.pushErrorScope("validation");
    const buffer = device.createBuffer({ size: 1024, usage: 8 | 1 });
    await buffer.mapAsync(1);
    device.lost.then(() => {});
    device.addEventListener("uncapturederror", () => {});
    console.log("end");`);
  expect(performance.now() - started).toBeLessThan(60_000);
}, 120_000);
