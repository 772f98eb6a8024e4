/** What programs and devices leave behind: everything is made dirty, then a program that writes nothing of its own shows what it finds. */
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { COMMAND, type Door } from "../../sandbox/kernel/door.ts";
import { Kernel } from "../../sandbox/kernel/kernel.ts";
import { create } from "../../webgpu/index.ts";
import { assembleOrThrow } from "../sandbox/harness.ts";
import { below, pick } from "./random.ts";

const DIRT = 0xa7a7a7a7 | 0;
const HEAP_BYTES = 1 << 20;
const V_REGISTERS = 40;

interface Shape {
  readonly lanes: number;
  readonly scratchWords: number;
  readonly workgroupWords: number;
}

const headOf = ({ lanes, scratchWords, workgroupWords }: Shape) => `.workgroup ${lanes} 1 1
.slot 0 storage read write min=16
.slot 1 workgroup read write min=${workgroupWords * 4}
.slot 2 scratch read write min=${scratchWords * 4}
.func main
`;
const registers = (line: (v: number) => string) => Array.from({ length: V_REGISTERS }, (_, v) => line(v)).join("\n");

/** Fills every register, scratch word and workgroup word, also across a barrier; ends, or traps when it has. */
const dirty = (shape: Shape, traps: boolean) => `${headOf(shape)}${registers((v) => `  mov v${v}, #${DIRT}`)}
  mov g0, #${DIRT}
  mov w0, #${DIRT}
  barrier workgroup
${Array.from({ length: shape.workgroupWords }, (_, k) => `  st.32 v0, s1[${k * 4}], K`).join("\n")}
${Array.from({ length: shape.scratchWords }, (_, k) => `  st.32 v1, s2[${k * 4}], K`).join("\n")}
  barrier workgroup
${registers((v) => `  iadd v${v}, v${v}, g0\n  iadd v${v}, v${v}, w0`)}
  sys v60, lane
  shl v60, v60, #2
${registers((v) => `  st.32 v${v}, s0[v60 + ${v * 16}], Z`)}
${traps ? "  st.32 v1, s0[v60 + 1000000], T\n" : ""}  ret
.end`;

/** Ors all that it finds into its output. */
const dump = (shape: Shape) => `${headOf(shape)}${registers((v) => (v === 0 ? "  or v50, v50, v51" : `  or v50, v50, v${v}`))}
  or v50, v50, w0
  or v50, v50, g0
${Array.from({ length: shape.workgroupWords }, (_, k) => `  ld.32 v55, s1[${k * 4}], K\n  or v50, v50, v55`).join("\n")}
${Array.from({ length: shape.scratchWords }, (_, k) => `  ld.32 v55, s2[${k * 4}], K\n  or v50, v50, v55`).join("\n")}
  barrier workgroup
${registers((v) => `  or v50, v50, v${v}`)}
  sys v60, lane
  shl v60, v60, #2
  ld.32 v55, s0[v60], Z
  or v50, v50, v55
  st.32 v50, s0[v60], Z
  ret
.end`;

/** @returns what of an earlier program or device shows in a later one: must be nothing */
export function tryPrograms(next: () => number): string[] {
  const tier = pick(next, ["jit", "reference", "belt"] as const);
  const newShape = (): Shape => ({
    lanes: pick(next, [4, 5, 8, 19, 64]),
    scratchWords: pick(next, [1, 3, 17, 64]),
    workgroupWords: pick(next, [1, 5, 33, 128]),
  });
  const wrong: string[] = [];
  const first = new Kernel({ tier, maxHeapBytes: HEAP_BYTES });
  const times = 1 + below(next, 3);
  for (let k = 0; k < times; k++) {
    const buffer = first.createBuffer(16 + below(next, 5000));
    first.writeBuffer(buffer, 0, new Uint8Array(16).fill(0xa7));
    const status = runOn(first, dirty(newShape(), false), buffer, 3);
    if (status !== "done") wrong.push(`the program that makes all dirty: ${status}`);
    if (below(next, 2) === 0) first.destroyBuffer(buffer);
  }
  wrong.push(...showing(first, newShape(), next));
  const trapped = first.createBuffer(16);
  const status = runOn(first, dirty(newShape(), true), trapped, 1);
  if (status !== "lost") wrong.push(`the program that traps: ${status}`);
  first.destroy(); // its memory may be the next device's
  const second = new Kernel({ tier, maxHeapBytes: HEAP_BYTES });
  wrong.push(...showing(second, newShape(), next));
  second.destroy();
  return wrong.map((what) => `${tier}: ${what}`);
}

function showing(door: Door, shape: Shape, next: () => number): string[] {
  const size = 16 + below(next, 3000);
  const buffer = door.createBuffer(size);
  const isZero = () => {
    const bytes = door.readBuffer(buffer, 0, size);
    return typeof bytes !== "number" && bytes.every((byte) => byte === 0);
  };
  if (!isZero()) return ["a new buffer is not zero"];
  const status = runOn(door, dump(shape), buffer, 2);
  if (status !== "done") return [`the program that shows it: ${status}`];
  return isZero() ? [] : ["a program finds what it has not written"];
}

function runOn(door: Door, asm: string, buffer: number, groups: number): string {
  const loaded = door.loadProgram(encodeObject(assembleOrThrow(asm)));
  if (!loaded.ok) return `rejected by ${loaded.rule}: ${loaded.message}`;
  const size = typeof door.readBuffer(buffer, 16, 0) === "number" ? 0 : 16;
  return door.submit(Float64Array.of(COMMAND.dispatch, loaded.handle, 3, buffer, 0, size, 0, 0, 0, 0, 0, 0, groups, 1, 1)).status;
}

const BUFFER = { MAP_READ: 1, MAP_WRITE: 2, COPY_SRC: 4, COPY_DST: 8, QUERY_RESOLVE: 512 } as const;
const TEXTURE = { COPY_SRC: 1, COPY_DST: 2 } as const;
const ROW = 256;

/** The same through the API: buffers, mapped ranges, textures and what lies between their rows, queries that were not written. */
export async function tryDevices(next: () => number): Promise<string[]> {
  const adapter = (await create({ tier: "reference" }).requestAdapter())!;
  const first = await adapter.requestDevice();
  const [width, height] = [1 + below(next, 50), 1 + below(next, 9)] as const;
  const format = pick(next, ["r8unorm", "rgba8unorm", "rg16uint", "rgba32float"] as const);
  const texel = { r8unorm: 1, rgba8unorm: 4, rg16uint: 4, rgba32float: 16 }[format];
  const pitch = Math.ceil((width * texel) / ROW) * ROW;
  const descriptor = { size: [width, height], format, mipLevelCount: 1, usage: TEXTURE.COPY_SRC | TEXTURE.COPY_DST };
  const old = first.createTexture(descriptor);
  first.queue.writeTexture({ texture: old }, new Uint8Array(pitch * height).fill(0xa7), { bytesPerRow: pitch }, [width, height]);
  const full = first.createBuffer({ size: 4096, usage: BUFFER.MAP_WRITE | BUFFER.COPY_SRC, mappedAtCreation: true });
  new Uint8Array(full.getMappedRange()).fill(0xa7);
  full.unmap();
  old.destroy();
  full.destroy();
  const isOther = below(next, 2) === 0;
  if (isOther) first.destroy();
  const device = isOther ? await (await create({ tier: "reference" }).requestAdapter())!.requestDevice() : first;
  const wrong: string[] = [];
  const mapped = device.createBuffer({ size: 4096, usage: BUFFER.MAP_WRITE | BUFFER.COPY_SRC, mappedAtCreation: true });
  if (new Uint8Array(mapped.getMappedRange()).some((byte) => byte !== 0)) wrong.push("a range mapped at creation is not zero");
  mapped.unmap();
  const rows = device.createBuffer({ size: pitch * height + 512, usage: BUFFER.COPY_SRC | BUFFER.COPY_DST });
  device.queue.writeBuffer(rows, 0, new Uint8Array(rows.size).fill(0x5a));
  const queries = device.createQuerySet({ type: "occlusion", count: 4 });
  const resolved = device.createBuffer({ size: 512, usage: BUFFER.COPY_SRC | BUFFER.COPY_DST | BUFFER.QUERY_RESOLVE });
  const encoder = device.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture: device.createTexture(descriptor) }, { buffer: rows, bytesPerRow: pitch }, [width, height]);
  encoder.resolveQuerySet(queries, 0, 4, resolved, 0);
  device.queue.submit([encoder.finish()]);
  const copied = await contentsOf(device, rows);
  copied.forEach((byte, i) => {
    const isTexel = i < pitch * height && i % pitch < width * texel;
    if (byte !== (isTexel ? 0 : 0x5a)) wrong.push(`byte ${i} of a new ${width} x ${height} ${format} texture's copy is ${byte}`);
  });
  if ((await contentsOf(device, resolved)).some((byte) => byte !== 0)) wrong.push("queries that nothing wrote are not zero");
  device.destroy();
  return wrong.slice(0, 3);
}

async function contentsOf(device: GPUDevice, source: GPUBuffer): Promise<Uint8Array> {
  const target = device.createBuffer({ size: source.size, usage: BUFFER.MAP_READ | BUFFER.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, 0, target, 0, source.size);
  device.queue.submit([encoder.finish()]);
  await target.mapAsync(1);
  return new Uint8Array(target.getMappedRange().slice(0));
}
