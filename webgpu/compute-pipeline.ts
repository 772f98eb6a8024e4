/** @see https://www.w3.org/TR/webgpu/#compute-pipeline */
import type { DebugSite } from "../support/debug-log.ts";
import { autoLayout } from "./auto-layout.ts";
import type { BindGroupLayoutCore, GPUBindGroupLayout } from "./bind-group-layout.ts";
import type { EntryReply, ShaderEntryPoint } from "./compiler.ts";
import { Core, describe, unusable } from "./core.ts";
import { type DeviceCore, withResolvers } from "./device-core.ts";
import { GPUPipelineError } from "./errors.ts";
import { isObject, uint32Modulo } from "./idl/convert.ts";
import { dictionary, instance, required } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { type BufferNeed, bufferNeeds, getBindGroupLayout, wrongImmediateSize } from "./pipeline-base.ts";
import { layoutOrAuto } from "./pipeline-layout.ts";
import { type PipelineFailure as Failure, invalidPipeline as invalid, Program } from "./program.ts";
import { findEntryPoint, programmableStage, wrongStage } from "./programmable-stage.ts";

const computePipelineDescriptor = dictionary(objectDescriptor, { compute: required(programmableStage), layout: required(layoutOrAuto) });
type ComputePipelineDescriptor = ReturnType<typeof computePipelineDescriptor>;

export class ComputePipelineCore extends Core {
  /** by group; null where the pipeline uses none */
  groups: readonly (BindGroupLayoutCore | null)[] = [];
  /** buffers that the shader uses */
  buffers: readonly BufferNeed[] = [];
  immediateSlots: readonly number[] = [];
  readonly program = new Program(this);
  /** of a shader compiled for debugging: what its records stand for, and its text */
  sites: readonly DebugSite[] = [];
  source = "";

  constructor(device: DeviceCore, label: string) {
    super("GPUComputePipeline", device, label);
  }
}

interface Plan {
  readonly entry: ShaderEntryPoint;
  readonly groups: readonly (BindGroupLayoutCore | null)[];
}

/** What to compile and for which layout, or why the pipeline cannot be made. */
function plan(core: ComputePipelineCore, { compute, layout }: ComputePipelineDescriptor): Plan | Failure {
  const { device } = core;
  const why = unusable(compute.module, device);
  if (why !== null) return invalid(why);
  if (compute.module.failure !== null) return { kind: "internal", message: compute.module.failure };
  const entry = findEntryPoint(compute, "compute");
  if (typeof entry === "string") return invalid(entry);
  const groups = layout === "auto" ? autoLayout(core, [{ stage: "COMPUTE", entry }]) : (unusable(layout, device) ?? layout.groups);
  if (typeof groups === "string") return invalid(groups);
  const wrong = wrongStage(compute, entry, groups) ?? wrongImmediateSize(entry, layout, device.limits.maxImmediateSize);
  return wrong === null ? { entry, groups } : invalid(wrong);
}

/** The device timeline's part of pipeline creation. Calls `done` at once, or when the compiler's reply is there. */
function initialize(
  core: ComputePipelineCore,
  descriptor: ComputePipelineDescriptor,
  done: (failure: Failure | null) => void,
): Promise<void> | undefined {
  const { device } = core;
  const finish = (failure: Failure | null): undefined => {
    core.valid = failure === null && !device.lost;
    done(failure);
  };
  const planned = device.lost ? null : plan(core, descriptor);
  if (planned === null || "kind" in planned) return finish(planned);
  const { entry } = planned;
  core.groups = planned.groups;
  core.immediateSlots = entry.immediates.slots;
  const { module, constants } = descriptor.compute;
  // what optimization removes, the sanitizer would not see
  const { debug, sanitize } = device.options;
  const level = sanitize || debug ? 0 : 2;
  const request = { ...module.request, entryPoint: entry.name, constants, limits: device.limits, level, debug } as const;
  const reply = device.compiler.compile(request);
  core.source = debug ? module.request.source : "";
  return reply instanceof Promise ? reply.then((settled) => finish(load(core, entry, settled))) : finish(load(core, entry, reply));
}

function load(core: ComputePipelineCore, entry: ShaderEntryPoint, reply: EntryReply): Failure | null {
  if (core.device.lost) return null;
  core.buffers = bufferNeeds(entry);
  core.sites = (reply.status === "done" && reply.sites) || [];
  return core.program.load(entry.name, reply);
}

const prefix = (what: string, core: ComputePipelineCore, failure: Failure): string => `${what}: ${describe(core)}: ${failure.message}`;

export function createComputePipeline(device: DeviceCore, value: unknown): GPUComputePipeline {
  const what = "createComputePipeline";
  const descriptor = computePipelineDescriptor(value, `${what}: descriptor`);
  const core = new ComputePipelineCore(device, descriptor.label);
  device.timeline.run(() => {
    const waiting = initialize(core, descriptor, (failure) => failure && device.error(failure.kind, prefix(what, core, failure)));
    if (waiting) device.timeline.wait(waiting, () => {});
  });
  return new GPUComputePipeline(MINT, core);
}

const reasonOf = ({ kind }: Failure) => (kind === "validation" ? "validation" : "internal");

/** The timeline does not wait: no later call can use the pipeline before the promise is settled. */
export function createComputePipelineAsync(device: DeviceCore, value: unknown): Promise<GPUComputePipeline> {
  const what = "createComputePipelineAsync";
  const descriptor = computePipelineDescriptor(value, `${what}: descriptor`);
  const core = new ComputePipelineCore(device, descriptor.label);
  const { promise, resolve, reject } = withResolvers<GPUComputePipeline>();
  device.timeline.run(() => {
    // whether the device is lost counts when creation ends, not when the script is told
    const settle = (failure: Failure | null) => {
      const error =
        failure === null || device.lost ? null : new GPUPipelineError(prefix(what, core, failure), { reason: reasonOf(failure) });
      device.tasks.post(() => (error === null ? resolve(new GPUComputePipeline(MINT, core)) : reject(error)));
    };
    initialize(core, descriptor, settle)?.catch((error) => settle({ kind: "internal", message: String(error) }));
  });
  return promise;
}

let coreOf: (value: unknown) => ComputePipelineCore | undefined;

export class GPUComputePipeline {
  declare readonly __brand: "GPUComputePipeline";
  declare label: string;
  readonly #core: ComputePipelineCore;
  constructor(...made: Made<ComputePipelineCore>) {
    this.#core = madeOf(made);
  }
  getBindGroupLayout(index: number): GPUBindGroupLayout {
    return getBindGroupLayout(this.#core, uint32Modulo(index, "getBindGroupLayout: index"));
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUComputePipeline", GPUComputePipeline);
exposeLabel("GPUComputePipeline", GPUComputePipeline, coreOf!);

export const pipelineArgument = instance("GPUComputePipeline", (value) => coreOf(value));
