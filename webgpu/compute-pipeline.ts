/** @see https://www.w3.org/TR/webgpu/#compute-pipeline */
import { SLOT_KIND } from "../sandbox/isa/modes.ts";
import type { Handle } from "../sandbox/kernel/door.ts";
import { autoLayout } from "./auto-layout.ts";
import type { BindGroupLayoutCore, GPUBindGroupLayout } from "./bind-group-layout.ts";
import type { EntryReply, ShaderEntryPoint } from "./compiler.ts";
import { Core, describe, unusable } from "./core.ts";
import { type DeviceCore, withResolvers } from "./device-core.ts";
import { type ErrorFilter, GPUPipelineError } from "./errors.ts";
import { isObject, uint32Modulo } from "./idl/convert.ts";
import { dictionary, instance, required } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { getBindGroupLayout } from "./pipeline-base.ts";
import { layoutOrAuto } from "./pipeline-layout.ts";
import { findEntryPoint, programmableStage, wrongStage } from "./programmable-stage.ts";
import { listMessages } from "./shader-module.ts";

const computePipelineDescriptor = dictionary(objectDescriptor, { compute: required(programmableStage), layout: required(layoutOrAuto) });
type ComputePipelineDescriptor = ReturnType<typeof computePipelineDescriptor>;

export interface BufferNeed {
  readonly group: number;
  readonly binding: number;
  readonly name: string;
  readonly minBindingSize: number;
}

/** Kinds of slots that the kernel gives memory itself. */
const SUPPLIED: ReadonlySet<number> = new Set([SLOT_KIND.workgroup, SLOT_KIND.scratch, SLOT_KIND.constant]);

/** Unloads programs of pipelines that the script dropped. */
const dropped = new FinalizationRegistry<() => void>((unload) => unload());

export class ComputePipelineCore extends Core {
  /** by group; null where the pipeline uses none */
  groups: readonly (BindGroupLayoutCore | null)[] = [];
  /** buffers that the shader uses */
  buffers: readonly BufferNeed[] = [];
  program: Handle = 0;
  /** for each slot of the program its group and binding; group -1 where the kernel supplies the memory */
  slots: readonly { readonly group: number; readonly binding: number }[] = [];

  constructor(device: DeviceCore, label: string) {
    super("GPUComputePipeline", device, label);
  }
}

interface Failure {
  readonly kind: ErrorFilter;
  readonly message: string;
}
const invalid = (message: string): Failure => ({ kind: "validation", message });

type Done = (failure: Failure | null) => void;

/** The device timeline's part of pipeline creation. Calls `done` at once, or when the compiler's reply is there. */
function initialize(core: ComputePipelineCore, descriptor: ComputePipelineDescriptor, done: Done): Promise<void> | undefined {
  const { device } = core;
  const { compute } = descriptor;
  const finish = (failure: Failure | null) => {
    core.valid = failure === null && !device.lost;
    done(failure);
  };
  if (device.lost) {
    finish(null);
    return undefined;
  }
  const entry = findEntryPoint(compute, "compute", device);
  const layout = typeof entry === "string" ? entry : pipelineGroups(core, descriptor, entry);
  const wrong = typeof entry === "string" || typeof layout === "string" ? String(layout) : wrongStage(compute, entry, layout, device);
  if (wrong !== null || typeof entry === "string" || typeof layout === "string") {
    finish(invalid(wrong ?? ""));
    return undefined;
  }
  core.groups = layout;
  const reply = device.compiler.compile({
    ...compute.module.request,
    entryPoint: entry.name,
    constants: compute.constants,
    limits: device.limits,
  });
  if (!(reply instanceof Promise)) {
    finish(load(core, entry, reply));
    return undefined;
  }
  return reply.then((settled) => finish(load(core, entry, settled)));
}

function pipelineGroups(core: ComputePipelineCore, descriptor: ComputePipelineDescriptor, entry: ShaderEntryPoint) {
  const { layout } = descriptor;
  if (layout === "auto") return autoLayout(core, [{ stage: "COMPUTE", entry }]);
  return unusable(layout, core.device) ?? layout.groups;
}

/** Hands the object to the kernel's verifier, and keeps what the kernel says of it. */
function load(core: ComputePipelineCore, entry: ShaderEntryPoint, reply: EntryReply): Failure | null {
  const { device } = core;
  if (device.lost) return null;
  if (reply.status === "wrong")
    return invalid(`the entry point '${entry.name}' is wrong with these constants${listMessages(reply.messages)}`);
  if (reply.status === "failed") return device.options.validationOnly ? null : { kind: "internal", message: reply.message };
  const loaded = device.door.loadProgram(reply.object);
  if (!loaded.ok) {
    const place = loaded.word >= 0 ? ` at word ${loaded.word}` : "";
    return { kind: "internal", message: `the compiled shader was rejected (${loaded.rule}${place}): ${loaded.message}` };
  }
  const { door } = device;
  const program = loaded.handle;
  dropped.register(core, () => door.unloadProgram(program));
  core.program = program;
  core.slots = loaded.slots.map(({ kind, group, binding }) => ({ group: SUPPLIED.has(kind) ? -1 : group, binding }));
  core.buffers = entry.resources.flatMap((resource) => (resource.kind === "buffer" ? [resource] : []));
  return null;
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

/** The timeline does not wait: no later call can use the pipeline before the promise is settled. */
export function createComputePipelineAsync(device: DeviceCore, value: unknown): Promise<GPUComputePipeline> {
  const what = "createComputePipelineAsync";
  const descriptor = computePipelineDescriptor(value, `${what}: descriptor`);
  const core = new ComputePipelineCore(device, descriptor.label);
  const { promise, resolve, reject } = withResolvers<GPUComputePipeline>();
  device.timeline.run(() => {
    const settle = (failure: Failure | null) => {
      if (failure === null || device.lost) resolve(new GPUComputePipeline(MINT, core));
      else reject(new GPUPipelineError(prefix(what, core, failure), { reason: failure.kind === "validation" ? "validation" : "internal" }));
    };
    const waiting = initialize(core, descriptor, (failure) => device.tasks.post(() => settle(failure)));
    waiting?.catch((error) => device.tasks.post(() => settle({ kind: "internal", message: String(error) })));
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
