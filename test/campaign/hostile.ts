/**
 * Callers that change what they pass while it is read: a thread that writes to shared bytes, getters, iterators and valueOf that destroy,
 * unmap, resize or call again, and properties on Object.prototype. Another device stands beside it, whose bytes must stay as they are.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { COMMAND, FAULT } from "../../sandbox/kernel/door.ts";
import { Kernel } from "../../sandbox/kernel/kernel.ts";
import { CAUSE } from "../../sandbox/machine/launch.ts";
import { create } from "../../webgpu/index.ts";
import { objectOf } from "./files.ts";
import { below, pick } from "./random.ts";

const GUARD = 0x5a;
const isGuard = (bytes: Uint8Array | number) => typeof bytes !== "number" && bytes.every((byte) => byte === GUARD);

const OBJECT = objectOf(`.workgroup 4 1 1
.slot 0 storage read write min=16
.func main
  sys v0, lane
  shl v1, v0, #2
  loop.v
    uge v2, v0, #9
    brk.if v2, 0
    st.32 v0, s0[v1], N lim=12
    iadd v0, v0, #1
  endloop
  ret
.end`);

// ---- a thread that writes

/** Puts one of two values of its own at each place in turn, as fast as it can. */
const WRITER = `const { workerData } = require("node:worker_threads");
const { target, other, stop } = workerData;
require("node:worker_threads").parentPort.postMessage(0);
const [now, a, b] = [new Uint32Array(target), new Uint32Array(other), new Uint32Array(target).slice()];
for (let i = 0; Atomics.load(new Int32Array(stop), 0) === 0; i = (i * 5 + 3) % 65536) {
  const at = i % now.length;
  now[at] = a[at];
  now[at] = b[at];
}`;

/** Objects and streams in shared memory that flickers between what is valid and what is not. */
export async function tryShared(next: () => number, tries: number): Promise<{ figures: Record<string, number>; wrong: string[] }> {
  const figures = { "loads and submissions of flickering bytes": 0, "that went through": 0 };
  const wrong: string[] = [];
  const kernel = new Kernel({ tier: "reference", fuelPerSubmit: 5000 });
  const [guard, mine] = [kernel.createBuffer(64), kernel.createBuffer(64)];
  kernel.writeBuffer(guard, 0, new Uint8Array(64).fill(GUARD));
  const fixed = kernel.loadProgram(OBJECT);
  if (!fixed.ok) return { figures, wrong: [fixed.message] };
  const good = [COMMAND.dispatch, fixed.handle, 1, mine, 0, 16, 1, 1, 1, COMMAND.clear, mine, 16, 16];
  const bad = good.map((n, i) => (i % 3 === 2 ? pick(next, [-1, 2 ** 40, Number.NaN, 0, n + 4]) : n));
  const object = await flickering(
    OBJECT,
    OBJECT.map((byte, i) => (i > 64 && i % 7 === 0 ? below(next, 256) : byte)),
  );
  const stream = await flickering(new Uint8Array(Float64Array.from(good).buffer), new Uint8Array(Float64Array.from(bad).buffer));
  const bytes = new Uint8Array(object.shared, 0, OBJECT.length);
  let [device, program, own] = [new Kernel({ tier: "reference", fuelPerSubmit: 5000 }), 0, 0];
  for (let k = 0; k < tries; k++) {
    figures["loads and submissions of flickering bytes"] += 2;
    if (device.trap !== null || k === 0) {
      device = new Kernel({ tier: "reference", fuelPerSubmit: 5000 });
      own = device.createBuffer(64);
    }
    const loaded = device.loadProgram(bytes);
    if (loaded.ok) {
      program = loaded.handle;
      const bound = loaded.slots.flatMap(() => [own, 0, 64]);
      const ran = device.submit(Float64Array.of(COMMAND.dispatch, program, loaded.slots.length, ...bound, 1, 1, 1));
      if (ran.status === "lost" && ran.trap.cause !== CAUSE.fuel && ran.trap.cause !== CAUSE.bounds) wrong.push(JSON.stringify(ran.trap));
      if (ran.status !== "refused") figures["that went through"]++;
      device.unloadProgram(program);
    }
    const submitted = kernel.submit(new Float64Array(stream.shared, 0, good.length));
    if (submitted.status === "done") figures["that went through"]++;
    else if (submitted.status === "lost") wrong.push(`a flickering stream: ${JSON.stringify(submitted.trap)}`);
  }
  if (!isGuard(kernel.readBuffer(guard, 0, 64))) wrong.push("a buffer that no stream names changed");
  await Promise.all([object.end(), stream.end()]);
  device.destroy();
  kernel.destroy();
  return { figures, wrong };
}

async function flickering(good: Uint8Array, bad: Uint8Array): Promise<{ shared: SharedArrayBuffer; end(): Promise<unknown> }> {
  const length = Math.ceil(good.length / 8) * 8;
  const [shared, other, stop] = [new SharedArrayBuffer(length), new SharedArrayBuffer(length), new SharedArrayBuffer(4)];
  new Uint8Array(shared).set(good);
  new Uint8Array(other).set(bad);
  const worker = new Worker(WRITER, { eval: true, workerData: { target: shared, other, stop } });
  await once(worker, "message");
  const end = () => {
    Atomics.store(new Int32Array(stop), 0, 1);
    return worker.terminate();
  };
  return { shared, end };
}

// ---- callers whose code runs in the middle

/** What a hostile caller throws; anything else that comes out must be an error that the API makes. */
class Thrown extends Error {}

/** Errors that no API makes: they come from inside. */
const INSIDE = [
  "Cannot read prop",
  "Cannot set prop",
  "is not a function",
  "not iterable",
  "Maximum call stack",
  "Cannot access",
  "private member",
];

const USAGE = { MAP_READ: 1, MAP_WRITE: 2, COPY_SRC: 4, COPY_DST: 8, STORAGE: 128 } as const;
// not `get` and `value`: what runs TypeScript here names functions by defineProperty
const NAMES = [
  "size",
  "base",
  "min",
  "kind",
  "permissions",
  "offset",
  "usage",
  "slots",
  "handle",
  "buffer",
  "label",
  "0",
  "stride",
  "fuel",
];

/** Of ES2024, which is beyond the library that the compiler is told of. */
interface Resizable extends ArrayBuffer {
  readonly resizable: boolean;
  resize(bytes: number): void;
}

type Act = () => void;

/** The same value, except that whoever reads it runs `act` now and then. */
function armed(value: unknown, next: () => number, act: Act): unknown {
  const maybe = () => {
    if (below(next, 3) === 0) act();
  };
  const answer = (x: unknown) => {
    maybe();
    return x;
  };
  if (typeof value === "number" && below(next, 2) === 0) return { valueOf: () => answer(value) };
  if (Array.isArray(value)) {
    const items = value.map((item) => armed(item, next, act));
    if (below(next, 3) === 0) return items;
    return {
      *[Symbol.iterator]() {
        for (const item of items) {
          maybe();
          yield item;
        }
      },
    };
  }
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const out = {};
  for (const [name, item] of Object.entries(value)) {
    const own = armed(item, next, act);
    Object.defineProperty(out, name, { enumerable: true, get: () => answer(own) });
  }
  return out;
}

interface Stage {
  readonly device: GPUDevice;
  readonly buffers: GPUBuffer[];
  readonly backing: Resizable[];
}

export class Theatre {
  readonly #next: () => number;
  #guard: { device: GPUDevice; buffer: GPUBuffer } | undefined;
  #stage: Stage | undefined;

  constructor(next: () => number) {
    this.#next = next;
  }

  async #open(): Promise<Stage> {
    const device = await newDevice();
    device.onuncapturederror = (event) => event.preventDefault();
    const usage = USAGE.COPY_SRC | USAGE.COPY_DST | USAGE.STORAGE;
    const buffers = [64, 256].map((size) => device.createBuffer({ size, usage }));
    buffers.push(device.createBuffer({ size: 64, usage: USAGE.MAP_WRITE | USAGE.COPY_SRC, mappedAtCreation: true }));
    return { device, buffers, backing: [] };
  }

  /** One call with arguments that bite. @returns what is wrong */
  async try(): Promise<string[]> {
    const next = this.#next;
    this.#guard ??= await newGuard();
    this.#stage ??= await this.#open();
    const stage = this.#stage;
    const polluted = below(next, 3) === 0 ? pick(next, NAMES) : undefined;
    const before = Reflect.ownKeys(Object.prototype).length;
    if (polluted !== undefined) Object.defineProperty(Object.prototype, polluted, { value: next(), configurable: true, writable: true });
    let wrong: string[] = [];
    try {
      this.#call(stage);
    } catch (error) {
      wrong = insideOf(error);
    } finally {
      if (polluted !== undefined) Reflect.deleteProperty(Object.prototype, polluted);
    }
    if (Reflect.ownKeys(Object.prototype).length !== before) wrong.push("Object.prototype has other properties than before");
    if (below(next, 8) === 0) {
      stage.device.destroy();
      this.#stage = undefined;
    }
    return wrong;
  }

  #call({ device, buffers, backing }: Stage): void {
    const next = this.#next;
    const act = () => this.#act({ device, buffers, backing });
    const arm = <T>(value: T): T => armed(value, next, act) as T;
    const buffer = pick(next, buffers);
    const bytes = newBytes(next);
    backing.push(bytes.buffer as Resizable);
    switch (below(next, 7)) {
      case 0:
        buffers.push(
          device.createBuffer(
            arm({ size: 4 * below(next, 40), usage: USAGE.COPY_SRC | USAGE.COPY_DST, mappedAtCreation: below(next, 2) === 0 }),
          ),
        );
        return;
      case 1:
        return device.queue.writeBuffer(buffer, arm(4 * below(next, 9)), bytes, arm(below(next, 9)), arm(4 * below(next, 5)));
      case 2: {
        const texture = device.createTexture(arm({ size: [4, 4, 1], format: "rgba8unorm" as const, usage: 3 }));
        return device.queue.writeTexture(
          arm({ texture, origin: [0, 0, 0] }),
          bytes,
          arm({ bytesPerRow: 16, rowsPerImage: 4 }),
          arm([4, 1 + below(next, 4), 1]),
        );
      }
      case 3: {
        const entries = [{ binding: 0, visibility: 4, buffer: { type: "storage" as const, minBindingSize: 16 } }];
        const layout = device.createBindGroupLayout(arm({ entries }));
        device.createBindGroup(arm({ layout, entries: [{ binding: 0, resource: { buffer, offset: 0, size: 16 } }] }));
        return;
      }
      case 4: {
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(buffer, arm(4 * below(next, 4)), pick(next, buffers), arm(4 * below(next, 4)), arm(16));
        return device.queue.submit(arm([encoder.finish(), encoder.finish()]));
      }
      case 5: {
        const range = buffers[2]!.getMappedRange(arm(8 * below(next, 3)), arm(16));
        new Uint8Array(range).fill(1);
        return;
      }
      default:
        buffer.mapAsync(arm(2), arm(0), arm(16)).catch(() => {});
    }
  }

  #act({ device, buffers, backing }: Stage): void {
    const next = this.#next;
    const last = backing.at(-1);
    switch (below(next, 9)) {
      case 0:
        return device.destroy();
      case 1:
      case 2:
        return pick(next, buffers).destroy();
      case 3:
        return pick(next, buffers).unmap();
      case 4:
      case 5:
        if (last?.resizable) last.resize(below(next, 65));
        else if (last !== undefined && last.byteLength > 0) structuredClone(last, { transfer: [last] });
        return;
      case 6:
        return device.queue.writeBuffer(pick(next, buffers), 0, new Uint8Array(8));
      case 7:
        throw new Thrown("by the caller");
      default:
        device.queue.submit([]);
    }
  }

  /** @returns whether the device beside has changed */
  async changed(): Promise<string[]> {
    this.#stage?.device.destroy();
    if (this.#guard === undefined) return [];
    const { device, buffer } = this.#guard;
    const target = device.createBuffer({ size: buffer.size, usage: USAGE.MAP_READ | USAGE.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, target, 0, buffer.size);
    device.queue.submit([encoder.finish()]);
    await target.mapAsync(1);
    const isSame = isGuard(new Uint8Array(target.getMappedRange()));
    device.destroy();
    return isSame ? [] : ["the device beside has changed"];
  }
}

function newBytes(next: () => number): Uint8Array {
  if (below(next, 2) === 0) return new Uint8Array(64);
  const resizable = new (ArrayBuffer as unknown as new (bytes: number, options: { maxByteLength: number }) => ArrayBuffer)(64, {
    maxByteLength: 128,
  });
  return new Uint8Array(resizable);
}

async function newDevice(): Promise<GPUDevice> {
  const adapter = await create({ tier: "reference" }).requestAdapter();
  return adapter!.requestDevice();
}

async function newGuard(): Promise<{ device: GPUDevice; buffer: GPUBuffer }> {
  const device = await newDevice();
  const buffer = device.createBuffer({ size: 256, usage: USAGE.COPY_SRC | USAGE.COPY_DST });
  device.queue.writeBuffer(buffer, 0, new Uint8Array(256).fill(GUARD));
  return { device, buffer };
}

function insideOf(error: unknown): string[] {
  if (error instanceof Thrown) return [];
  const isOfApi = error instanceof TypeError || error instanceof DOMException || error instanceof RangeError;
  const message = error instanceof Error ? error.message : String(error);
  return isOfApi && !INSIDE.some((part) => message.includes(part))
    ? []
    : [`an error from inside: ${error instanceof Error ? error.stack : message}`];
}

/** The kernel's door does what it does, whatever stands on Object.prototype. @returns what is wrong */
export function tryPolluted(next: () => number): string[] {
  const name = pick(next, NAMES);
  Object.defineProperty(Object.prototype, name, { value: pick(next, [0, 1, 7, 2 ** 32, -1, "x"]), configurable: true, writable: true });
  try {
    const kernel = new Kernel({ tier: pick(next, ["jit", "reference"]), fuelPerSubmit: 5000 });
    const [guard, mine] = [kernel.createBuffer(64), kernel.createBuffer(16)];
    kernel.writeBuffer(guard, 0, new Uint8Array(64).fill(GUARD));
    const loaded = kernel.loadProgram(OBJECT);
    if (!loaded.ok) return [`with ${name}: ${loaded.message}`];
    const ran = kernel.submit(Float64Array.of(COMMAND.dispatch, loaded.handle, 1, mine, 0, 16, 1, 1, 1));
    const refused = kernel.submit(Float64Array.of(COMMAND.dispatch, loaded.handle, 1, mine, 0, 32, 1, 1, 1));
    const words = kernel.readBuffer(mine, 0, 16);
    const isRight = typeof words !== "number" && words.every((byte, i) => byte === (i % 4 === 0 ? 8 : 0));
    const isRefused = refused.status === "refused" && refused.fault === FAULT.range;
    const isSame = isGuard(kernel.readBuffer(guard, 0, 64));
    kernel.destroy();
    return ran.status === "done" && isRight && isRefused && isSame
      ? []
      : [`with ${name} on Object.prototype: ${JSON.stringify(ran)}, ${words}`];
  } finally {
    Reflect.deleteProperty(Object.prototype, name);
  }
}
