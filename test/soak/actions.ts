/** The calls of a soak, each with the error that it must give. Right and wrong arguments come about equally often. */
import { type Shading, shadeGroup, shadePass, shading } from "./shade.ts";
import { alive, type Buffer, type Expected, type Group, type Tenant, type Texture, usable } from "./world.ts";

const MAP_READ = 1;
const MAP_WRITE = 2;
const COPY_SRC = 4;
const COPY_DST = 8;
const UNIFORM = 64;
const STORAGE = 128;
const INDIRECT = 256;
const QUERY_RESOLVE = 512;

const BUFFER_USAGES = [
  MAP_READ | COPY_DST,
  MAP_WRITE | COPY_SRC,
  STORAGE | COPY_SRC | COPY_DST,
  STORAGE | INDIRECT | COPY_DST,
  UNIFORM | COPY_DST,
  QUERY_RESOLVE | COPY_SRC,
  MAP_READ | STORAGE,
  0,
];
const SIZES = [0, 4, 16, 256, 260, 4096, 65_536];
const MOST = { buffers: 24, textures: 10, groups: 16, commands: 8, querySets: 4 };

const PROGRAMS = [
  "@group(0) @binding(0) var<storage, read_write> v: array<u32>; @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) i: vec3u) { v[i.x] += i.x; }",
  "@group(0) @binding(0) var<storage, read_write> v: array<u32>; @compute @workgroup_size(1) fn main() { for (var i = 0u; i < 9; i++) { v[i * 7] = i; } }",
];
/** never ends: the device is lost by its fuel */
const ENDLESS =
  "@group(0) @binding(0) var<storage, read_write> v: array<u32>; @compute @workgroup_size(1) fn main() { while v[0] == 0 { v[1]++; } }";

const when = (wrong: boolean): Expected => (wrong ? "validation" : "none");

/** Adds, and lets an old one go: destroyed, or just dropped. */
function keep<T>(t: Tenant, list: T[], most: number, thing: T, destroy?: (old: T) => void): void {
  list.push(thing);
  if (list.length <= most) return;
  const [old] = list.splice(t.random.below(list.length), 1);
  if (old !== undefined && destroy && t.random.chance(2)) destroy(old);
}

function destroyBuffer(t: Tenant, b: Buffer): void {
  t.call("destroy buffer", "none", () => b.gpu.destroy());
  b.destroyed = true;
  b.asked = null;
}

function createBuffer(t: Tenant): void {
  const { random } = t;
  const usage = random.pick(BUFFER_USAGES);
  const huge = random.chance(50);
  const size = huge ? 2 ** 28 + 4 : random.pick(SIZES) + (random.chance(8) ? 2 : 0);
  const mappedAtCreation = !huge && random.chance(4);
  const valid = usage !== 0 && usage !== (MAP_READ | STORAGE) && !huge;
  const throws = mappedAtCreation && size % 4 !== 0;
  const make = () => t.device.createBuffer({ label: "b", size, usage, mappedAtCreation });
  const gpu = t.call("createBuffer", throws ? "throws" : when(!valid), make);
  if (gpu === undefined) return;
  keep(t, t.buffers, MOST.buffers, { gpu, size, usage, valid, destroyed: false, held: mappedAtCreation, asked: null }, (old) =>
    destroyBuffer(t, old),
  );
}

function mapAsync(t: Tenant, b: Buffer): void {
  const { random } = t;
  const mode = 1 + random.below(2);
  const offset = random.pick([0, 0, 8, 4]);
  const pending = b.asked !== null;
  const wrong = !usable(b) || offset % 8 !== 0 || offset > b.size || b.size % 4 !== 0 || (b.usage & mode) === 0;
  if (!wrong && !pending && !t.lost) b.held = true;
  const promise = t.call("mapAsync", pending ? "none" : when(wrong), () => b.gpu.mapAsync(mode, offset));
  // a right one may still be aborted, by unmap, destroy or loss
  t.promised("mapAsync", true, promise);
  if (promise === undefined || pending) return;
  b.asked = promise;
  const settled = () => {
    if (b.asked === promise) b.asked = null;
  };
  promise.then(settled, settled);
}

function unmap(t: Tenant, b: Buffer): void {
  t.call("unmap", "none", () => b.gpu.unmap());
  b.held = false;
  b.asked = null;
}

function getMappedRange(t: Tenant, b: Buffer): void {
  const { random } = t;
  const mapped = b.gpu.mapState === "mapped";
  const offset = random.pick([0, 8, 16, 3]);
  // ranges of earlier calls may overlap this one
  const range = t.call("getMappedRange", mapped ? "any" : "throws", () => b.gpu.getMappedRange(offset, 8));
  if (range) new Uint8Array(range).fill(random.below(256));
}

function writeBuffer(t: Tenant, b: Buffer): void {
  const { random } = t;
  const bytes = random.pick([0, 4, 16, 18, 5000]);
  const offset = random.pick([0, 4, 2, 256]);
  const data = random.chance(3) ? new Uint8Array(new SharedArrayBuffer(bytes)) : new Uint8Array(bytes);
  const wrong = !usable(b) || (b.usage & COPY_DST) === 0 || offset % 4 !== 0 || offset + bytes > b.size;
  t.call("writeBuffer", bytes % 4 !== 0 ? "throws" : when(wrong), () => t.device.queue.writeBuffer(b.gpu, offset, data));
}

function createTexture(t: Tenant): void {
  const { random } = t;
  const width = random.pick([1, 5, 16, 64, 10_000]);
  const height = random.pick([1, 3, 16, 0]);
  const usage = random.pick([1 | 2, 2 | 4 | 16, 1 | 2 | 8 | 4]);
  const valid = width <= 8192 && height > 0;
  const make = () => t.device.createTexture({ size: [width, height], format: "rgba8unorm", usage });
  const gpu = t.call("createTexture", when(!valid), make)!;
  keep(t, t.textures, MOST.textures, { gpu, width, height, usage, valid, destroyed: false }, (old) => {
    t.call("destroy texture", "none", () => old.gpu.destroy());
    old.destroyed = true;
  });
  t.call("createView", when(!valid), () => gpu.createView());
}

function writeTexture(t: Tenant, x: Texture): void {
  const { random } = t;
  const width = random.pick([0, 1, x.width, x.width + 1]);
  const rows = random.pick([1, x.height, x.height + 1]);
  const bytesPerRow = random.pick([x.width * 4, x.width * 4 + 3, 4]);
  const data = new Uint8Array(Math.max(0, bytesPerRow * (rows - 1) + width * 4 - (random.chance(5) ? 1 : 0)));
  const tooFew = data.length < (width === 0 || rows === 0 ? Math.max(0, bytesPerRow * (rows - 1)) : bytesPerRow * (rows - 1) + width * 4);
  const wrong = !alive(x) || width > x.width || rows > x.height || bytesPerRow < width * 4 || tooFew;
  t.call("writeTexture", when(wrong), () => t.device.queue.writeTexture({ texture: x.gpu }, data, { bytesPerRow }, [width, rows]));
}

function createPipeline(t: Tenant): void {
  const bad = t.random.chance(6);
  const code = bad ? "@compute @workgroup_size(1) fn main() { let x: u32 = 1.5; }" : t.random.pick(PROGRAMS);
  const module = t.call("createShaderModule", when(bad), () => t.device.createShaderModule({ code }))!;
  t.promised("getCompilationInfo", false, module.getCompilationInfo());
  const descriptor = { layout: "auto", compute: { module } } as const;
  if (t.random.chance(3)) {
    t.promised(
      "createComputePipelineAsync",
      bad,
      t.call("createComputePipelineAsync", "none", () => t.device.createComputePipelineAsync(descriptor)),
    );
    return;
  }
  const gpu = t.call("createComputePipeline", when(bad), () => t.device.createComputePipeline(descriptor))!;
  keep(t, t.pipelines, 4, { gpu, valid: !bad });
}

/** A bind group of a buffer, in a layout of the tenant's own. */
function createGroup(t: Tenant, layout: GPUBindGroupLayout, buffer: Buffer): void {
  const offset = t.random.pick([0, 256, 128]);
  const wrong =
    !buffer.valid || (buffer.usage & STORAGE) === 0 || offset % 256 !== 0 || offset + 4 > buffer.size || (buffer.size - offset) % 4 !== 0;
  const make = () => t.device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer: buffer.gpu, offset } }] });
  keep(t, t.groups, MOST.groups, { gpu: t.call("createBindGroup", when(wrong), make)!, valid: !wrong, buffer });
}

class Recording {
  readonly t: Tenant;
  readonly encoder: GPUCommandEncoder;
  readonly uses: (Buffer | Texture)[] = [];
  bad = false;

  constructor(t: Tenant) {
    this.t = t;
    this.encoder = t.device.createCommandEncoder();
  }
  /** Errors of commands come with finish. */
  record(name: string, wrong: boolean, run: () => void): void {
    this.bad ||= wrong;
    this.t.call(name, "none", run);
  }

  copy(from: Buffer, to: Buffer): void {
    const { random } = this.t;
    const size = random.pick([0, 4, 16, 256, 6]);
    const at = random.pick([0, 4, 256, 1]);
    const valid = from.valid && to.valid && (from.usage & COPY_SRC) !== 0 && (to.usage & COPY_DST) !== 0 && from !== to;
    const wrong = !valid || size % 4 !== 0 || at % 4 !== 0 || size > from.size || at + size > to.size;
    this.record("copyBufferToBuffer", wrong, () => this.encoder.copyBufferToBuffer(from.gpu, 0, to.gpu, at, size));
    this.uses.push(from, to);
  }
  clear(b: Buffer): void {
    const offset = this.t.random.pick([0, 4, 2]);
    const wrong = !b.valid || (b.usage & COPY_DST) === 0 || offset % 4 !== 0 || offset + 4 > b.size;
    this.record("clearBuffer", wrong, () => this.encoder.clearBuffer(b.gpu, offset, 4));
    this.uses.push(b);
  }
  copyTexture(x: Texture, b: Buffer, toTexture: boolean): void {
    const bytesPerRow = this.t.random.pick([256, 200, 512]);
    const height = this.t.random.pick([1, x.height]);
    const needed = x.width * 4;
    const fits = bytesPerRow % 256 === 0 && bytesPerRow >= needed && bytesPerRow * (height - 1) + needed <= b.size;
    const usages = toTexture ? (b.usage & COPY_SRC) !== 0 && (x.usage & 2) !== 0 : (b.usage & COPY_DST) !== 0 && (x.usage & 1) !== 0;
    const wrong = !x.valid || !b.valid || !usages || !fits;
    const [source, destination] = [{ texture: x.gpu }, { buffer: b.gpu, bytesPerRow }];
    const size = [x.width, height];
    this.record(toTexture ? "copyBufferToTexture" : "copyTextureToBuffer", wrong, () =>
      toTexture ? this.encoder.copyBufferToTexture(destination, source, size) : this.encoder.copyTextureToBuffer(source, destination, size),
    );
    this.uses.push(x, b);
  }
  compute(pipeline: { gpu: GPUComputePipeline; valid: boolean } | undefined, group: Group | undefined): void {
    const { random } = this.t;
    const pass = this.encoder.beginComputePass();
    if (pipeline) this.record("setPipeline", !pipeline.valid, () => pass.setPipeline(pipeline.gpu));
    if (group) {
      this.record("setBindGroup", !group.valid, () => pass.setBindGroup(0, group.gpu));
      if (group.valid) this.uses.push(group.buffer);
    }
    const count = random.pick([0, 1, 3, 70_000]);
    this.record("dispatchWorkgroups", !pipeline || !group || count > 65_535, () => pass.dispatchWorkgroups(count));
    if (random.chance(8)) this.record("pushDebugGroup", true, () => pass.pushDebugGroup("left open"));
    if (random.chance(20)) this.bad = true;
    else this.record("end", false, () => pass.end());
  }
  shade(s: Shading, things: readonly [Buffer, Texture, Texture]): void {
    const group = shadeGroup(this.t, s, ...things);
    const pass = this.encoder.beginComputePass();
    this.uses.push(...shadePass(this.t, s, group, things, pass, (name, wrong, run) => this.record(name, wrong, run)));
    this.record("end", false, () => pass.end());
  }
  render(x: Texture): void {
    const wrong = !x.valid || (x.usage & 16) === 0;
    const view = this.t.call("createView", when(!x.valid), () => x.gpu.createView())!;
    const attachment = { view, loadOp: "clear", storeOp: "store", clearValue: { r: 1, g: 0, b: 0, a: 1 } } as const;
    this.record("beginRenderPass", wrong, () => this.encoder.beginRenderPass({ colorAttachments: [attachment] }).end());
    this.uses.push(x);
  }
  queries(set: { gpu: GPUQuerySet; valid: boolean }, b: Buffer): void {
    const wrong = !set.valid || !b.valid || (b.usage & QUERY_RESOLVE) === 0 || b.size < 16;
    this.record("resolveQuerySet", wrong, () => this.encoder.resolveQuerySet(set.gpu, 0, 2, b.gpu, 0));
    this.uses.push(b);
  }
  finish(): void {
    const { t, bad, uses, encoder } = this;
    const gpu = t.call("finish", when(bad), () => encoder.finish())!;
    keep(t, t.commands, MOST.commands, { gpu, valid: !bad, uses, submitted: false });
  }
}

function record(t: Tenant, { pipelines, shading }: Fixtures): void {
  const { random } = t;
  const r = new Recording(t);
  for (let n = random.below(5); n >= 0 && !r.bad; n--) {
    const [a, b, x] = [random.pick(t.buffers), random.pick(t.buffers), random.pick(t.textures)];
    const kind = random.below(7);
    if (kind === 0 && a && b) r.copy(a, b);
    else if (kind === 1 && a) r.clear(a);
    else if (kind === 2 && x && a) r.copyTexture(x, a, random.chance(2));
    else if (kind === 3)
      r.compute(random.chance(8) ? undefined : random.pick(pipelines), random.chance(8) ? undefined : random.pick(t.groups));
    else if (kind === 4 && x) r.render(x);
    else if (kind === 5 && a && x) r.shade(shading, [a, x, random.pick(t.textures)]);
    else if (t.querySets.length > 0 && a) r.queries(random.pick(t.querySets), a);
  }
  r.finish();
}

function submit(t: Tenant): void {
  const { random } = t;
  const given = Array.from({ length: random.below(3) }, () => random.pick(t.commands)).filter((each) => each !== undefined);
  const isUsable = (use: Buffer | Texture) => ("height" in use ? alive(use) : usable(use));
  const wrong = new Set(given).size < given.length || given.some((each) => !each.valid || each.submitted || !each.uses.every(isUsable));
  t.call("submit", when(wrong), () => t.device.queue.submit(given.map(({ gpu }) => gpu)));
  for (const each of given) each.submitted = true;
}

function scopes(t: Tenant): void {
  if (t.random.chance(2)) {
    t.device.pushErrorScope("validation");
    t.openScopes++;
  } else {
    t.promised("popErrorScope", t.openScopes === 0, t.device.popErrorScope());
    t.openScopes = Math.max(0, t.openScopes - 1);
  }
  t.report.calls++;
}

export interface Fixtures {
  readonly layout: GPUBindGroupLayout;
  readonly pipelines: readonly { gpu: GPUComputePipeline; valid: boolean }[];
  readonly endless: GPUComputePipeline;
  readonly shading: Shading;
}

/** What a tenant has from the start: with a layout that its groups share. */
export function fixtures(device: GPUDevice): Fixtures {
  const layout = device.createBindGroupLayout({ entries: [{ binding: 0, visibility: 4, buffer: { type: "storage" } }] });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const make = (code: string) =>
    device.createComputePipeline({ layout: pipelineLayout, compute: { module: device.createShaderModule({ code }) } });
  return {
    layout,
    pipelines: PROGRAMS.map((code) => ({ gpu: make(code), valid: true })),
    endless: make(ENDLESS),
    shading: shading(device),
  };
}

/** Loses the device: its shader does not end. */
export function loseByFuel(t: Tenant, { layout, endless }: Fixtures): void {
  const buffer = t.device.createBuffer({ size: 256, usage: STORAGE });
  const encoder = t.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(endless);
  pass.setBindGroup(0, t.device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] }));
  pass.dispatchWorkgroups(1);
  pass.end();
  t.call("submit what never ends", "none", () => t.device.queue.submit([encoder.finish()]));
}

/** One random action: a few calls. */
export function act(t: Tenant, f: Fixtures): void {
  const { random, buffers, textures } = t;
  const buffer = random.pick(buffers);
  const texture = random.pick(textures);
  switch (random.below(16)) {
    case 0:
    case 1:
      return createBuffer(t);
    case 2:
      return buffer && mapAsync(t, buffer);
    case 3:
      return buffer && getMappedRange(t, buffer);
    case 4:
      // unmapping what is not mapped does nothing
      return buffer && unmap(t, buffer);
    case 5:
      return buffer && writeBuffer(t, buffer);
    case 6:
      return random.chance(3) ? createTexture(t) : texture && writeTexture(t, texture);
    case 7:
      return buffer && random.chance(6) ? destroyBuffer(t, buffer) : undefined;
    case 8:
      return random.chance(8) ? createPipeline(t) : scopes(t);
    case 9:
    case 10:
      return buffer && createGroup(t, f.layout, buffer);
    case 11:
    case 12:
      return buffer && texture && t.groups.length > 0 ? record(t, f) : undefined;
    case 13:
      return submit(t);
    case 14: {
      const count = random.pick([2, 8, 5000]);
      const gpu = t.call("createQuerySet", when(count > 4096), () => t.device.createQuerySet({ type: "occlusion", count }))!;
      return keep(t, t.querySets, MOST.querySets, { gpu, valid: count <= 4096 });
    }
    default:
      t.promised(
        "onSubmittedWorkDone",
        false,
        t.call("onSubmittedWorkDone", "none", () => t.device.queue.onSubmittedWorkDone()),
      );
  }
}
