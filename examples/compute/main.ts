/**
 * Three compute shaders in a page, through `navigator.gpu`, drawn to 2D canvases. `npm run demo` shows it.
 * In the page's address, `frames=N` stops after N frames.
 */
import "portcullis/register";
import type { StartDemo } from "./demo.ts";
import { startLife } from "./life.ts";
import { startMandelbrot } from "./mandelbrot.ts";
import { startNbody } from "./nbody.ts";

const DEMOS: Readonly<Record<string, StartDemo>> = { mandelbrot: startMandelbrot, life: startLife, nbody: startNbody };
const most = Number(new URLSearchParams(location.search).get("frames") ?? Number.POSITIVE_INFINITY);

async function play(name: string, start: StartDemo, device: GPUDevice): Promise<void> {
  const canvas = document.querySelector<HTMLCanvasElement>(`canvas#${name}`)!;
  const output = canvas.parentElement!.querySelector("output")!;
  const context = canvas.getContext("2d")!;
  const { width, height } = canvas;
  const demo = start(device, width, height);
  let spent = 0;
  for (let frame = 1; frame <= most; frame++) {
    const before = performance.now();
    const pixels = await demo.frame();
    const took = performance.now() - before;
    spent = frame === 1 ? took : spent + (took - spent) * 0.1;
    context.putImageData(new ImageData(pixels, width, height), 0, 0);
    canvas.dataset.frame = String(frame);
    output.textContent = `${spent.toFixed(1)} ms a frame`;
    await new Promise(requestAnimationFrame);
  }
}

const adapter = await navigator.gpu.requestAdapter();
const device = await adapter!.requestDevice();
const threads = crossOriginIsolated
  ? `up to ${navigator.hardwareConcurrency} threads`
  : "one thread, since this page is not cross-origin isolated";
document.querySelector("#adapter")!.textContent = `${adapter!.info.description}, ${threads}`;
await Promise.all(Object.entries(DEMOS).map(([name, start]) => play(name, start, device)));
