/** Many devices in one page, from the package's files as they are, without a bundler. Chromium gives a page some 125 memories at a time. */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, listen, ROOT, serve } from "./browser.ts";

const PAGE = `<!doctype html>
<link rel="icon" href="data:,">
<script type="module">
  import { create, globals } from "/dist/index.js";
  const { GPUBufferUsage: usage, GPUMapMode } = globals;
  const code = \`@group(0) @binding(0) var<storage, read_write> o: array<u32>;
  override rounds = 1u;
  @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
    var x = id.x;
    for (var i = 0u; i < rounds; i++) { x = x * 1664525u + 1013904223u; }
    o[id.x] = x;
  }\`;

  window.run = async (count, words, rounds, options) => {
    const gpu = create(options);
    const sums = new Set();
    for (let i = 0; i < count; i++) {
      const device = await (await gpu.requestAdapter()).requestDevice();
      device.onuncapturederror = ({ error }) => console.error(error.message);
      const compute = { module: device.createShaderModule({ code }), constants: { rounds } };
      const pipeline = device.createComputePipeline({ layout: "auto", compute });
      const buffer = device.createBuffer({ size: words * 4, usage: usage.STORAGE | usage.COPY_SRC });
      const back = device.createBuffer({ size: words * 4, usage: usage.COPY_DST | usage.MAP_READ });
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }));
      pass.dispatchWorkgroups(words / 64);
      pass.end();
      encoder.copyBufferToBuffer(buffer, back);
      device.queue.submit([encoder.finish()]);
      await back.mapAsync(GPUMapMode.READ);
      sums.add(new Uint32Array(back.getMappedRange()).reduce((a, b) => (a + b) | 0, 0));
      device.destroy();
    }
    return [...sums];
  };
</script>`;

function sum(words: number, rounds: number): number {
  let all = 0;
  for (let i = 0; i < words; i++) {
    let x = i;
    for (let r = 0; r < rounds; r++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
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
  test.each([
    [1000, 1024, 10],
    [150, 65_536, 1000],
  ])("%i devices, one after the other, each with %i words", async (count, words, rounds) => {
    const site = await serve({ dist: join(ROOT, "dist"), page: PAGE }, isolated);
    const page = await browser.newPage();
    const said = listen(page);
    await page.goto(`${site.url}/page`);
    await page.waitForFunction("window.run");
    expect(await page.evaluate(`run(${count}, ${words}, ${rounds})`)).toEqual([sum(words, rounds)]);
    // threads took part where there can be any, and only there
    expect(page.workers().length > 0).toBe(isolated && rounds > 100);
    expect(said).toEqual([]);
    await page.close();
    site.close();
  });

  test("the compile worker is a web worker", async () => {
    const site = await serve({ dist: join(ROOT, "dist"), page: PAGE }, isolated);
    const page = await browser.newPage();
    const said = listen(page);
    await page.goto(`${site.url}/page`);
    await page.waitForFunction("window.run");
    expect(await page.evaluate(`run(3, 1024, 10, { compile: "worker" })`)).toEqual([sum(1024, 10)]);
    expect(page.workers().map((worker) => worker.url())).toEqual([expect.stringMatching("compile-worker.js")]);
    expect(said).toEqual([]);
    await page.close();
    site.close();
  });

  test("the kernel of an isolated device is a web worker, where it can share memory with the page", async () => {
    const site = await serve({ dist: join(ROOT, "dist"), page: PAGE }, isolated);
    const page = await browser.newPage();
    const said = listen(page);
    await page.goto(`${site.url}/page`);
    await page.waitForFunction("window.run");
    const refusal = (isolation: string) => page.evaluate(`run(1, 64, 1, { isolation: "${isolation}" }).catch(String)`);
    expect(await refusal("process")).toMatch(/^TypeError: .*isolation=process is not possible here/);
    if (isolated) {
      expect(await page.evaluate(`run(5, 65536, 10, { isolation: "worker" })`)).toEqual([sum(65_536, 10)]);
      // destroyed devices end theirs
      await expect.poll(() => page.workers().length).toBe(0);
    } else expect(await refusal("worker")).toMatch(/^TypeError: .*needs SharedArrayBuffer/);
    expect(said).toEqual([]);
    await page.close();
    site.close();
  });
});
