import { bindings, type Demo, groupsFor, Pixels, pipelines, WORKGROUP } from "./demo.ts";

const CODE = `
struct View { center: vec2f, scale: f32, width: u32 }
@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read_write> pixels: array<u32>;

fn color(t: f32) -> vec3f {
  return 0.5 + 0.5 * cos(6.2831853 * (vec3f(1.0, 0.9, 0.7) * t + vec3f(0.55, 0.62, 0.72)));
}

@compute @workgroup_size(${WORKGROUP})
fn mandelbrot(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&pixels)) { return; }
  let height = arrayLength(&pixels) / view.width;
  let at = vec2f(vec2u(id.x % view.width, id.x / view.width)) + 0.5 - 0.5 * vec2f(vec2u(view.width, height));
  let c = view.center + at * (view.scale / f32(height));
  var z = vec2f();
  var i = 0u;
  while (i < 128 && dot(z, z) < 64.0) {
    z = vec2f(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
    i++;
  }
  var rgb = vec3f();
  if (i < 128) { rgb = color(0.02 * (f32(i) + 2.0 - log2(log2(dot(z, z))))); }
  pixels[id.x] = pack4x8unorm(vec4f(rgb, 1.0));
}`;

/** Where there is something to see at every depth. */
const CENTER = [-0.743_643, 0.131_825] as const;

/** The Mandelbrot set; each frame nearer than the last, back and forth. */
export function startMandelbrot(device: GPUDevice, width: number, height: number): Demo {
  const [pipeline] = pipelines(device, CODE, "mandelbrot");
  const pixels = new Pixels(device, width * height);
  const view = device.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  const group = bindings(device, pipeline, { 0: view, 1: pixels.buffer });
  let time = 0;
  return {
    frame() {
      const depth = 0.5 - 0.5 * Math.cos(time++ / 150);
      const bytes = new DataView(new ArrayBuffer(16));
      for (const [i, value] of [...CENTER, 2.4 * 0.000_4 ** depth].entries()) bytes.setFloat32(i * 4, value, true);
      bytes.setUint32(12, width, true);
      device.queue.writeBuffer(view, 0, bytes);
      return pixels.render((pass) => {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(groupsFor(width * height));
      });
    },
  };
}
