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

/** @returns what computes and shows the next frame */
function show(name: string, start: StartDemo, device: GPUDevice): () => Promise<void> {
  const canvas = document.querySelector<HTMLCanvasElement>(`canvas#${name}`)!;
  const output = canvas.parentElement!.querySelector("output")!;
  const context = canvas.getContext("2d")!;
  const { width, height } = canvas;
  const demo = start(device, width, height);
  let frame = 0;
  let spent = 0;
  return async () => {
    const before = performance.now();
    const pixels = await demo.frame();
    const took = performance.now() - before;
    // the first frames compile, and warm the engine up
    spent = frame < 5 ? took : spent + (took - spent) * 0.1;
    context.putImageData(new ImageData(pixels, width, height), 0, 0);
    canvas.dataset.frame = String(++frame);
    output.textContent = `${spent.toFixed(1)} ms a frame`;
  };
}

const adapter = await navigator.gpu.requestAdapter();
const device = await adapter!.requestDevice();
const threads = crossOriginIsolated
  ? `up to ${navigator.hardwareConcurrency} threads`
  : "one thread, since this page is not cross-origin isolated";
document.querySelector("#adapter")!.textContent = `${adapter!.info.description}, ${threads}`;
const shows = Object.entries(DEMOS).map(([name, start]) => show(name, start, device));
for (let frame = 0; frame < most; frame++) {
  // one after the other, so that each is timed alone
  for (const next of shows) await next();
  await new Promise(requestAnimationFrame);
}
