/** `portcullis/playwright`: pages that know nothing of Portcullis run on it. */
import { decode } from "fast-png";
import type { Browser } from "playwright-core";
import { initScript, usePortcullis } from "portcullis/playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, listen, serve } from "./browser.ts";

/** An app as it stands: it draws to a canvas, and computes. */
const APP = `<!doctype html>
<link rel="icon" href="data:,">
<style>body { margin: 0 } canvas { display: block }</style>
<canvas width="64" height="32"></canvas>
<script type="module">
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter.requestDevice();
  const canvas = document.querySelector("canvas");
  const context = canvas.getContext("webgpu");
  context.configure({ device, format: navigator.gpu.getPreferredCanvasFormat() });
  let frame = 0;
  function draw() {
    const encoder = device.createCommandEncoder();
    const view = context.getCurrentTexture().createView();
    const clearValue = frame++ < 2 ? [1, 0, 0, 1] : [0, 0.4, 1, 1];
    encoder.beginRenderPass({ colorAttachments: [{ view, clearValue, loadOp: "clear", storeOp: "store" }] }).end();
    device.queue.submit([encoder.finish()]);
    if (frame < 4) requestAnimationFrame(draw);
  }
  draw();
  const code = \`@group(0) @binding(0) var<storage, read_write> o: array<u32>;
  @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
    var x = id.x;
    for (var i = 0u; i < 1000u; i++) { x = x * 1664525u + 1013904223u; }
    o[id.x] = x;
  }\`;
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module: device.createShaderModule({ code }) } });
  const size = 4 << 18;
  const buffer = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const back = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }));
  pass.dispatchWorkgroups(size / 256);
  pass.end();
  encoder.copyBufferToBuffer(buffer, back);
  device.queue.submit([encoder.finish()]);
  await back.mapAsync(GPUMapMode.READ);
  const sum = new Uint32Array(back.getMappedRange()).reduce((a, b) => (a + b) | 0, 0);
  window.result = { sum, vendor: adapter.info.vendor, tier: adapter.info.device, is: buffer instanceof GPUBuffer, context2d: canvas.getContext("2d") };
</script>`;

function sum(): number {
  let all = 0;
  for (let i = 0; i < 1 << 18; i++) {
    let x = i;
    for (let r = 0; r < 1000; r++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
    all = (all + x) | 0;
  }
  return all;
}

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

describe.each([true, false])("a page that is cross-origin isolated: %s", (isolated) => {
  test("draws to its canvas and computes", async () => {
    const site = await serve({ app: APP }, isolated);
    const page = await browser.newPage();
    const said = listen(page);
    await usePortcullis(page);
    await page.goto(`${site.url}/app`);
    await page.waitForFunction("window.result");
    expect(await page.evaluate("window.result")).toEqual({ sum: sum(), vendor: "portcullis", tier: "jit", is: true, context2d: null });
    await page.waitForTimeout(200);
    const { data, width } = decode(await page.screenshot({ clip: { x: 0, y: 0, width: 64, height: 32 } }));
    const at = (16 * width + 32) * (data.length / (32 * width));
    expect([...data.slice(at, at + 3)]).toEqual([0, 102, 255]);
    expect(await page.evaluate("typeof portcullis")).toBe("undefined");
    expect(page.workers().length > 0).toBe(isolated);
    expect(said).toEqual([]);
    await page.close();
    site.close();
  });
});

test("options are those of create()", async () => {
  const site = await serve({ empty: "<!doctype html><link rel=icon href='data:,'>" }, false);
  const context = await browser.newContext();
  await context.addInitScript(initScript({ tier: "reference" }));
  const page = await context.newPage();
  await page.goto(`${site.url}/empty`);
  expect(await page.evaluate("navigator.gpu.requestAdapter().then((adapter) => adapter.info.device)")).toBe("reference");
  await context.close();
  site.close();
});
