/**
 * Draws a lit cube with a depth buffer and four samples a pixel, and saves the picture.
 * Usage: npx tsx examples/cube.ts [cube.png]
 */
import { create, createCanvas, globals, savePNG } from "../webgpu/index.ts";

const { GPUBufferUsage, GPUTextureUsage } = globals;
const SIZE = 512;
const SAMPLES = 4;

const SHADER = `
struct Corner { @builtin(position) position: vec4f, @location(0) @interpolate(flat) normal: vec3f, @location(1) at: vec2f }
@group(0) @binding(0) var<uniform> angle: f32;

fn turned(v: vec3f) -> vec3f {
  let c = cos(angle);
  let s = sin(angle);
  let w = vec3f(c * v.x + s * v.z, v.y, c * v.z - s * v.x);
  return vec3f(w.x, 0.9 * w.y - 0.44 * w.z, 0.44 * w.y + 0.9 * w.z);
}

// six faces, two triangles each
@vertex fn corner(@builtin(vertex_index) i: u32) -> Corner {
  let face = i / 6;
  let at = array(vec2f(-1, -1), vec2f(1, -1), vec2f(1, 1), vec2f(-1, -1), vec2f(1, 1), vec2f(-1, 1))[i % 6];
  let side = select(-1.0, 1.0, face % 2 == 0);
  var v = vec3f(at.x * side, at.y, side);
  var n = vec3f(0, 0, side);
  if face / 2 == 1 { v = v.zxy; n = n.zxy; }
  if face / 2 == 2 { v = v.yzx; n = n.yzx; }
  let p = turned(v) - vec3f(0, 0, 5);
  return Corner(vec4f(p.xy * 1.9, -p.z - 2.0, -p.z), turned(n), at);
}

@fragment fn paint(corner: Corner) -> @location(0) vec4f {
  let light = 0.25 + 0.75 * saturate(dot(corner.normal, normalize(vec3f(0.4, 0.8, 0.6))));
  let edge = max(abs(corner.at.x), abs(corner.at.y));
  let color = mix(vec3f(0.9, 0.55, 0.2), vec3f(0.25, 0.3, 0.5), smoothstep(0.85, 0.85 + fwidth(edge), edge));
  return vec4f(color * light, 1);
}`;

/** Draws into the canvas. @param angle in radians, about the vertical axis */
export function drawCube(device: GPUDevice, canvas: ReturnType<typeof createCanvas>, angle: number): void {
  const format = "rgba8unorm";
  const context = canvas.getContext("webgpu")!;
  context.configure({ device, format });
  const module = device.createShaderModule({ code: SHADER });
  const pipeline = device.createRenderPipeline({
    layout: "auto",
    vertex: { module },
    fragment: { module, targets: [{ format }] },
    primitive: { cullMode: "back" },
    depthStencil: { format: "depth24plus", depthWriteEnabled: true, depthCompare: "less" },
    multisample: { count: SAMPLES },
  });
  const uniform = device.createBuffer({ size: 4, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(uniform, 0, new Float32Array([angle]));
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: uniform } }],
  });
  const texture = (of: GPUTextureFormat) =>
    device.createTexture({
      size: [canvas.width, canvas.height],
      format: of,
      sampleCount: SAMPLES,
      usage: GPUTextureUsage.RENDER_ATTACHMENT,
    });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginRenderPass({
    colorAttachments: [
      {
        view: texture(format).createView(),
        resolveTarget: context.getCurrentTexture().createView(),
        loadOp: "clear",
        storeOp: "discard",
        clearValue: [0.08, 0.09, 0.12, 1],
      },
    ],
    depthStencilAttachment: {
      view: texture("depth24plus").createView(),
      depthLoadOp: "clear",
      depthStoreOp: "discard",
      depthClearValue: 1,
    },
  });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.draw(36);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

if (process.argv[1]?.endsWith("cube.ts")) {
  const adapter = await create().requestAdapter();
  const device = await adapter!.requestDevice();
  device.addEventListener("uncapturederror", ({ error }) => console.error(error.message));
  const canvas = createCanvas(SIZE, SIZE);
  drawCube(device, canvas, 0.6);
  const file = process.argv[2] ?? "cube.png";
  await savePNG(file, canvas);
  console.log(`${file}: ${SIZE} x ${SIZE} pixels`);
}
