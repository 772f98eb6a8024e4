/** @see https://www.w3.org/TR/webgpu/#gpuadapter */

import type { Door } from "../sandbox/kernel/door.ts";
import { adapterInfo, type GPUAdapterInfo } from "./adapter-info.ts";
import type { Compiler } from "./compiler.ts";
import type { ContentTasks } from "./content-tasks.ts";
import { type GPUDevice, makeDevice } from "./device.ts";
import { DeviceCore, withResolvers } from "./device-core.ts";
import { operationError } from "./errors.ts";
import {
  ADAPTER_FEATURES,
  deviceFeatures,
  FEATURE_NAMES,
  type FeatureName,
  type GPUSupportedFeatures,
  supportedFeatures,
} from "./features.ts";
import { type Converter, domString, size64 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, record, sequence } from "./idl/dictionary.ts";
import { exposeInterface, type Made, MINT, madeOf, promised } from "./idl/interface.ts";
import { adapterLimits, type FeatureLevel, type LimitValues, requestLimits, supportedLimits } from "./limits.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import type { Options } from "./options.ts";

/** What all adapters of one GPU object share. */
export interface Platform {
  readonly options: Options;
  readonly compiler: Compiler;
  readonly tasks: ContentTasks;
  readonly openDoor: (options: Options) => Door;
  /** where devices are isolated: starts the kernel of one, elsewhere */
  readonly isolate?: ((options: Options) => Promise<IsolatedDoor>) | undefined;
}

/** The door of a kernel that can end by itself. */
export interface IsolatedDoor extends Door {
  /** Says who is told, once, when the kernel ended; at once if it has. */
  whenLost(onLost: (why: string) => void): void;
}

const sizeOrUndefined: Converter<number | undefined> = (value, what) => (value === undefined ? undefined : size64(value, what));

const deviceDescriptor = dictionary(objectDescriptor, {
  defaultQueue: defaulted(objectDescriptor, { label: "" }),
  requiredFeatures: defaulted(sequence(enumeration("GPUFeatureName", FEATURE_NAMES)), []),
  requiredLimits: defaulted(record(domString, sizeOrUndefined), []),
});
type DeviceDescriptor = ReturnType<typeof deviceDescriptor>;

class AdapterCore {
  readonly platform: Platform;
  readonly level: FeatureLevel;
  readonly features: ReadonlySet<FeatureName>;
  readonly limits: LimitValues;
  /** a device was made of it: no second one will be */
  consumed = false;

  constructor(platform: Platform, level: FeatureLevel) {
    this.platform = platform;
    this.level = level;
    this.features = ADAPTER_FEATURES;
    this.limits = adapterLimits(level);
  }

  /** @returns what makes the device, given the door of an isolated one; or the error that requestDevice rejects with */
  prepareDevice(descriptor: DeviceDescriptor): ((door?: IsolatedDoor) => GPUDevice) | Error {
    const missing = descriptor.requiredFeatures.find((name) => !this.features.has(name));
    if (missing !== undefined) return new TypeError(`requestDevice: this adapter lacks the feature "${missing}"; see adapter.features`);
    if (this.consumed) return operationError("requestDevice: this adapter has made a device already; call requestAdapter() for another");
    const limits = requestLimits(descriptor.requiredLimits, this.limits, this.level);
    if (typeof limits === "string") return operationError(`requestDevice: ${limits}`);
    this.consumed = true;
    const { options, compiler, openDoor } = this.platform;
    const features = deviceFeatures(descriptor.requiredFeatures, this.level);
    const { label } = descriptor;
    return (door) => {
      const core = new DeviceCore({ label, limits, features, options, compiler, openDoor: doorOpener(door, openDoor, options) });
      const weak = new WeakRef(core);
      door?.whenLost((why) => weak.deref()?.lose("unknown", `the isolated device ended: ${why}`));
      return makeDevice({ core, info: adapterInfo(options.tier), queueLabel: descriptor.defaultQueue.label });
    };
  }
}

/** A function by itself, which holds on to nothing of the device. */
const doorOpener = (door: Door | undefined, open: Platform["openDoor"], options: Options) => () => door ?? open(options);

export class GPUAdapter {
  declare readonly __brand: "GPUAdapter";
  readonly #core: AdapterCore;
  readonly #features: GPUSupportedFeatures;
  readonly #limits: ReturnType<typeof supportedLimits>;
  readonly #info: GPUAdapterInfo;

  constructor(...made: Made<AdapterCore>) {
    this.#core = madeOf(made);
    this.#features = supportedFeatures(this.#core.features);
    this.#limits = supportedLimits(this.#core.limits);
    this.#info = adapterInfo(this.#core.platform.options.tier);
  }
  get features(): GPUSupportedFeatures {
    return this.#features;
  }
  get limits(): ReturnType<typeof supportedLimits> {
    return this.#limits;
  }
  get info(): GPUAdapterInfo {
    return this.#info;
  }
  requestDevice(descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> {
    return promised(() => {
      const core = this.#core;
      const converted = deviceDescriptor(descriptor, "requestDevice: descriptor");
      const { promise, resolve, reject } = withResolvers<GPUDevice>();
      const { tasks, options, isolate } = core.platform;
      const make = core.prepareDevice(converted);
      if (make instanceof Error) tasks.post(() => reject(make));
      else if (isolate === undefined) {
        const device = make();
        tasks.post(() => resolve(device));
      } else isolate(options).then((door) => resolve(make(door)), reject);
      return promise;
    });
  }
}
exposeInterface("GPUAdapter", GPUAdapter);

export const makeAdapter = (platform: Platform, level: FeatureLevel): GPUAdapter => new GPUAdapter(MINT, new AdapterCore(platform, level));
