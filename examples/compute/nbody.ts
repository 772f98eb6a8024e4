import { bindings, type Demo, groupsFor, Pixels, pipelines, WORKGROUP } from "./demo.ts";

const BODIES = 1024;

const CODE = `
struct Body { at: vec4f, speed: vec4f } // in w: mass
@group(0) @binding(0) var<storage, read> before: array<Body>;
@group(0) @binding(1) var<storage, read_write> after: array<Body>;
@group(0) @binding(2) var<storage, read_write> light: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read_write> pixels: array<u32>;
@group(0) @binding(4) var<uniform> size: vec2u;
var<workgroup> tile: array<vec4f, ${WORKGROUP}>;

@compute @workgroup_size(${WORKGROUP})
fn advance(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let me = before[id.x];
  var pull = vec3f();
  for (var first = 0u; first < ${BODIES}; first += ${WORKGROUP}) {
    tile[local] = before[first + local].at;
    workgroupBarrier();
    for (var i = 0u; i < ${WORKGROUP}; i++) {
      let d = tile[i].xyz - me.at.xyz;
      let r = inverseSqrt(dot(d, d) + 0.004);
      pull += d * (tile[i].w * r * r * r);
    }
    workgroupBarrier();
  }
  let speed = me.speed.xyz + pull * 0.004;
  after[id.x] = Body(vec4f(me.at.xyz + speed * 0.004, me.at.w), vec4f(speed, 0.0));
}

// the disc is seen from above the rim
@compute @workgroup_size(${WORKGROUP})
fn shine(@builtin(global_invocation_id) id: vec3u) {
  let p = after[id.x].at.xyz;
  let at = vec2f(size) * 0.5 + vec2f(p.x, p.y * 0.55 + p.z * 0.83) * f32(size.y) * 0.42;
  let corner = vec2i(floor(at - 0.5));
  let part = fract(at - 0.5);
  for (var i = 0; i < 9; i++) {
    let to = corner + vec2i(i % 3 - 1, i / 3 - 1) + vec2i(part + 0.5);
    if (any(to < vec2i()) || any(to >= vec2i(size))) { continue; }
    let d = vec2f(to) + 0.5 - at;
    atomicAdd(&light[u32(to.y) * size.x + u32(to.x)], u32(256.0 * exp2(-1.8 * dot(d, d))));
  }
}

@compute @workgroup_size(${WORKGROUP})
fn expose(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&pixels)) { return; }
  let l = f32(atomicLoad(&light[id.x])) / 256.0;
  atomicStore(&light[id.x], u32(l * 256.0 * 0.80)); // what shone glows for a while
  let rgb = 1.0 - exp(-l * vec3f(0.95, 0.62, 0.40));
  pixels[id.x] = pack4x8unorm(vec4f(rgb + vec3f(0.02, 0.02, 0.05), 1.0));
}`;

/** A disc that turns around a heavy centre. The same every time. */
function firstBodies(): Float32Array<ArrayBuffer> {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const bodies = new Float32Array(BODIES * 8);
  bodies[3] = 2;
  for (let i = 1; i < BODIES; i++) {
    const r = 0.15 + 1.0 * Math.sqrt(random());
    const angle = random() * 2 * Math.PI;
    const speed = Math.sqrt((2 + r * r * 0.5) / r);
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    bodies.set([x * r, y * r, (random() - 0.5) * 0.08, 0.5 / BODIES, -y * speed, x * speed, 0, 0], i * 8);
  }
  return bodies;
}

/** Gravity between every two of a thousand bodies, drawn as light. */
export function startNbody(device: GPUDevice, width: number, height: number): Demo {
  const [advance, shine, expose] = pipelines(device, CODE, "advance", "shine", "expose");
  const pixels = new Pixels(device, width * height);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const [even, odd] = [0, 1].map(() => device.createBuffer({ size: BODIES * 32, usage })) as [GPUBuffer, GPUBuffer];
  const light = device.createBuffer({ size: width * height * 4, usage });
  const size = device.createBuffer({ size: 8, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(even, 0, firstBodies());
  device.queue.writeBuffer(size, 0, new Uint32Array([width, height]));
  const turns = [
    { advance: bindings(device, advance, { 0: even, 1: odd }), shine: bindings(device, shine, { 1: odd, 2: light, 4: size }) },
    { advance: bindings(device, advance, { 0: odd, 1: even }), shine: bindings(device, shine, { 1: even, 2: light, 4: size }) },
  ];
  const exposed = bindings(device, expose, { 2: light, 3: pixels.buffer });
  let time = 0;
  return {
    frame: () =>
      pixels.render((pass) => {
        const turn = turns[time++ % 2]!;
        const steps = [
          [advance, turn.advance, BODIES],
          [shine, turn.shine, BODIES],
          [expose, exposed, width * height],
        ] as const;
        for (const [pipeline, group, count] of steps) {
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, group);
          pass.dispatchWorkgroups(groupsFor(count));
        }
      }),
  };
}
