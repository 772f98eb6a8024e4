/** @see https://www.w3.org/TR/webgpu/#queries */
import { Core, describe } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { now } from "./host.ts";
import { isObject, uint32 } from "./idl/convert.ts";
import { dictionary, enumeration, instance, required } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";

const querySetDescriptor = dictionary(objectDescriptor, {
  count: required(uint32),
  type: required(enumeration("GPUQueryType", ["occlusion", "timestamp"])),
});

/** @see https://www.w3.org/TR/webgpu/#dom-gpuquerysetdescriptor-count */
const MAX_QUERIES = 4096;

export class QuerySetCore extends Core {
  readonly type: "occlusion" | "timestamp";
  readonly count: number;
  destroyed = false;
  #values: BigUint64Array | null = null;
  constructor(device: DeviceCore, label: string, type: "occlusion" | "timestamp", count: number) {
    super("GPUQuerySet", device, label);
    this.type = type;
    this.count = count;
  }

  write(index: number, value: bigint): void {
    this.#values ??= new BigUint64Array(this.count);
    this.#values[index] = value;
  }

  /** Results as they stand in a buffer; a query that was never written is 0. */
  read(first: number, count: number): Uint8Array {
    const bytes = new DataView(new ArrayBuffer(count * 8));
    for (let i = 0; i < count; i++) bytes.setBigUint64(i * 8, this.#values?.[first + i] ?? 0n, true);
    return new Uint8Array(bytes.buffer);
  }
}

/** Coarse, as WebGPU asks of pages that are not isolated. */
const TIMESTAMP_STEP_MS = 0.1;

/** Nanoseconds. @see https://www.w3.org/TR/webgpu/#abstract-opdef-current-queue-timestamp */
export function timestamp(device: DeviceCore): bigint {
  const { clock } = device.options;
  if (clock === null) return BigInt(Math.floor(now() / TIMESTAMP_STEP_MS)) * BigInt(TIMESTAMP_STEP_MS * 1e6);
  return BigInt(clock) + 1000n * BigInt(device.timestamps++);
}

export function createQuerySet(device: DeviceCore, value: unknown): GPUQuerySet {
  const { label, type, count } = querySetDescriptor(value, "createQuerySet: descriptor");
  if (type === "timestamp" && !device.features.has("timestamp-query")) {
    throw new TypeError(
      `createQuerySet: type "timestamp" needs the feature "timestamp-query"; list it in requiredFeatures of requestDevice`,
    );
  }
  const core = new QuerySetCore(device, label, type, count);
  device.timeline.run(() => {
    core.valid = count <= MAX_QUERIES && !device.lost;
    if (!core.valid) device.invalid(`createQuerySet: ${describe(core)}: the count ${count} is over ${MAX_QUERIES}`);
  });
  return new GPUQuerySet(MINT, core);
}

let coreOf: (value: unknown) => QuerySetCore | undefined;

export class GPUQuerySet {
  declare readonly __brand: "GPUQuerySet";
  declare label: string;
  readonly #core: QuerySetCore;
  constructor(...made: Made<QuerySetCore>) {
    this.#core = madeOf(made);
  }
  get type(): "occlusion" | "timestamp" {
    return this.#core.type;
  }
  get count(): number {
    return this.#core.count;
  }
  destroy(): undefined {
    const core = this.#core;
    core.device.timeline.run(() => {
      core.destroyed = true;
    });
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUQuerySet", GPUQuerySet);
exposeLabel("GPUQuerySet", GPUQuerySet, coreOf!);

export const querySetArgument = instance("GPUQuerySet", (value) => coreOf(value));
