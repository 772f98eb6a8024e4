/** examples/compute in Chromium: its canvases show, to the bit, what the same code computes in Node. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StartDemo } from "../../examples/compute/demo.ts";
import { startLife } from "../../examples/compute/life.ts";
import { startMandelbrot } from "../../examples/compute/mandelbrot.ts";
import { startNbody } from "../../examples/compute/nbody.ts";
import { create, globals } from "../../webgpu/index.ts";
import { launch, listen, ROOT, serve } from "./browser.ts";

const DEMOS: Readonly<Record<string, StartDemo>> = { mandelbrot: startMandelbrot, life: startLife, nbody: startNbody };
const FRAMES = 6;
const outDir = mkdtempSync(join(tmpdir(), "portcullis-page-"));
let browser: Browser;

interface Shown {
  readonly width: number;
  readonly height: number;
  readonly digest: string;
}

async function inNode(start: StartDemo, { width, height }: Shown): Promise<string> {
  const device = await (await create().requestAdapter())!.requestDevice();
  const demo = start(device, width, height);
  let pixels = new Uint8ClampedArray();
  for (let i = 0; i < FRAMES; i++) pixels = await demo.frame();
  device.destroy();
  return createHash("sha256").update(pixels).digest("hex");
}

function inPage(page: Page, name: string): Promise<Shown> {
  return page.evaluate(async (id) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`canvas#${id}`)!;
    const { width, height } = canvas;
    const hash = await crypto.subtle.digest("SHA-256", canvas.getContext("2d")!.getImageData(0, 0, width, height).data);
    const digest = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { width, height, digest };
  }, name);
}

beforeAll(async () => {
  Object.assign(globalThis, globals);
  await build({
    root: join(ROOT, "examples/compute"),
    logLevel: "error",
    base: "./",
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 2000 },
  });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  rmSync(outDir, { recursive: true, force: true });
});

describe.each([true, false])("a page that is cross-origin isolated: %s", (isolated) => {
  test("shows the three demonstrations, and says nothing on the console", async () => {
    const site = await serve({ "": outDir, assets: join(outDir, "assets") }, isolated);
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    page.setDefaultTimeout(60_000);
    const said = listen(page);
    await page.goto(`${site.url}/?frames=${FRAMES}`);
    for (const name of Object.keys(DEMOS)) await page.waitForSelector(`canvas#${name}[data-frame="${FRAMES}"]`);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `compute-${isolated}.png`) });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
    expect(await page.textContent("#adapter")).toContain(isolated ? "threads" : "one thread");
    for (const [name, start] of Object.entries(DEMOS)) {
      const shown = await inPage(page, name);
      expect(shown.digest, name).toBe(await inNode(start, shown));
    }
    expect(said).toEqual([]);
    await page.close();
    site.close();
  });
});
