import { bindings, type Demo, groupsFor, Pixels, pipelines, WORKGROUP } from "./demo.ts";

/** A cell is 255 when alive, and counts down when it is dead: that is its colour. */
const CODE = `
override width = 1u;
override height = 1u;
@group(0) @binding(0) var<storage, read> before: array<u32>;
@group(0) @binding(1) var<storage, read_write> after: array<u32>;
@group(0) @binding(2) var<storage, read_write> pixels: array<u32>;

fn alive(x: u32, y: u32) -> u32 { return select(0u, 1u, before[(y % height) * width + x % width] == 255); }

@compute @workgroup_size(${WORKGROUP})
fn life(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= width * height) { return; }
  let x = i % width + width; // so that x - 1 is no less than 0
  let y = i / width + height;
  let around = alive(x - 1, y - 1) + alive(x, y - 1) + alive(x + 1, y - 1) + alive(x - 1, y)
             + alive(x + 1, y) + alive(x - 1, y + 1) + alive(x, y + 1) + alive(x + 1, y + 1);
  let cell = before[i];
  let lives = around == 3 || (around == 2 && cell == 255);
  let next = select(max(cell, 5u) - 5u, 255u, lives);
  after[i] = next;
  let t = f32(next) / 255.0;
  let faded = vec3f(0.10, 0.28, 0.55) * t * t + vec3f(0.03, 0.04, 0.06);
  pixels[i] = pack4x8unorm(vec4f(select(faded, vec3f(0.98, 0.93, 0.72), lives), 1.0));
}`;

/** The same cells every time. */
export function firstCells(count: number): Uint32Array<ArrayBuffer> {
  let seed = 1;
  return Uint32Array.from({ length: count }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed >>> 24 < 64 ? 255 : 0;
  });
}

/** Conway's game of life on a torus, a cell a pixel. */
export function startLife(device: GPUDevice, width: number, height: number): Demo {
  const code = CODE.replace("width = 1u", `width = ${width}u`).replace("height = 1u", `height = ${height}u`);
  const [pipeline] = pipelines(device, code, "life");
  const pixels = new Pixels(device, width * height);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const [even, odd] = [0, 1].map(() => device.createBuffer({ size: width * height * 4, usage })) as [GPUBuffer, GPUBuffer];
  device.queue.writeBuffer(even, 0, firstCells(width * height));
  const groups = [
    bindings(device, pipeline, { 0: even, 1: odd, 2: pixels.buffer }),
    bindings(device, pipeline, { 0: odd, 1: even, 2: pixels.buffer }),
  ];
  let time = 0;
  return {
    frame: () =>
      pixels.render((pass) => {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, groups[time++ % 2]!);
        pass.dispatchWorkgroups(groupsFor(width * height));
      }),
  };
}
