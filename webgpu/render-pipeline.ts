/**
 * Render pipelines: validated, then compiled to the two programs of a draw.
 * @see https://www.w3.org/TR/webgpu/#render-pipeline
 */
import { type AutoStage, autoLayout } from "./auto-layout.ts";
import type { BindGroupLayoutCore, GPUBindGroupLayout } from "./bind-group-layout.ts";
import type { EntryReply, EntryRequest, ShaderEntryPoint } from "./compiler.ts";
import { Core, describe, unusable } from "./core.ts";
import {
  depthStencilState,
  isStrip,
  multisampleState,
  primitiveState,
  writesStencil,
  wrongDepthStencil,
  wrongMultisample,
  wrongPrimitive,
} from "./depth-stencil-state.ts";
import { type DeviceCore, withResolvers } from "./device-core.ts";
import { fragmentCode } from "./draw/fragment-code.ts";
import { type VertexRecord, vertexRecord } from "./draw/layout.ts";
import type { RasterState } from "./draw/raster.ts";
import { vertexCode } from "./draw/vertex-code.ts";
import { GPUPipelineError } from "./errors.ts";
import { allowed, componentsOf, formatOf, hasAspect, requireFormatFeature } from "./formats.ts";
import { fragmentState, requireTargetFeatures, wrongFragmentState } from "./fragment-state.ts";
import { isObject, uint32Modulo } from "./idl/convert.ts";
import { defaulted, dictionary, instance, optional, required } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { wrongInterStage } from "./inter-stage.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { type BoundPipeline, type BufferNeed, bufferNeeds, getBindGroupLayout, wrongImmediateSize } from "./pipeline-base.ts";
import { layoutOrAuto } from "./pipeline-layout.ts";
import { type PipelineFailure as Failure, invalidPipeline as invalid, Program } from "./program.ts";
import { findEntryPoint, type ProgrammableStage, wrongStage } from "./programmable-stage.ts";
import { type PassLayout, passLayout } from "./render-layout.ts";
import { type VertexBufferNeed, vertexBufferNeeds, vertexState, wrongVertexState } from "./vertex-state.ts";

const renderPipelineDescriptor = dictionary(objectDescriptor, {
  depthStencil: optional(depthStencilState),
  fragment: optional(fragmentState),
  layout: required(layoutOrAuto),
  multisample: defaulted(multisampleState, multisampleState(undefined, "")),
  primitive: defaulted(primitiveState, primitiveState(undefined, "")),
  vertex: required(vertexState),
});
type RenderPipelineDescriptor = ReturnType<typeof renderPipelineDescriptor>;

export class RenderPipelineCore extends Core implements BoundPipeline {
  groups: readonly (BindGroupLayoutCore | null)[] = [];
  buffers: readonly BufferNeed[] = [];
  immediateSlots: readonly number[] = [];
  readonly vertexBuffers: readonly VertexBufferNeed[];
  readonly targets: PassLayout;
  readonly writesDepth: boolean;
  readonly writesStencil: boolean;
  /** what the index format must be, where it matters */
  readonly stripIndexFormat: GPUIndexFormat | undefined;
  readonly isStrip: boolean;
  readonly vertexProgram = new Program(this);
  readonly fragmentProgram = new Program(this);
  /** what the vertex program writes for each vertex */
  record: VertexRecord = NO_RECORD;
  readonly raster: RasterState;

  constructor(device: DeviceCore, descriptor: RenderPipelineDescriptor) {
    super("GPURenderPipeline", device, descriptor.label);
    const { vertex, fragment, depthStencil, multisample, primitive } = descriptor;
    const formats = fragment?.targets.map((target) => target?.format ?? null) ?? [];
    this.vertexBuffers = vertexBufferNeeds(vertex);
    this.targets = passLayout(formats, depthStencil?.format ?? null, multisample.count);
    this.writesDepth = depthStencil?.depthWriteEnabled ?? false;
    this.writesStencil = depthStencil !== undefined && writesStencil(depthStencil, primitive);
    this.stripIndexFormat = primitive.stripIndexFormat;
    this.isStrip = isStrip(primitive);
    this.raster = rasterState(descriptor);
  }
}

const NO_RECORD: VertexRecord = { words: 4, restart: -1, clip: 4, clipCount: 0, varyings: [] };

function rasterState({ primitive, depthStencil, multisample }: RenderPipelineDescriptor): RasterState {
  return {
    topology: primitive.topology,
    frontFace: primitive.frontFace,
    cullMode: primitive.cullMode,
    unclippedDepth: primitive.unclippedDepth,
    depthBias: depthStencil?.depthBias ?? 0,
    depthBiasSlopeScale: depthStencil?.depthBiasSlopeScale ?? 0,
    depthBiasClamp: depthStencil?.depthBiasClamp ?? 0,
    depthFormat: depthStencil?.format ?? null,
    samples: multisample.count === 4 ? 4 : 1,
    sampleMask: multisample.mask,
  };
}

function findStage(stage: ProgrammableStage, name: "vertex" | "fragment", device: DeviceCore): ShaderEntryPoint | Failure {
  const why = unusable(stage.module, device);
  if (why !== null) return invalid(why);
  if (stage.module.failure !== null) return { kind: "internal", message: stage.module.failure };
  const entry = findEntryPoint(stage, name);
  return typeof entry === "string" ? invalid(entry) : entry;
}

/** What builtin outputs ask of the rest of the pipeline. */
function wrongBuiltins(descriptor: RenderPipelineDescriptor, fragment: ShaderEntryPoint, device: DeviceCore): string | null {
  const { multisample, depthStencil } = descriptor;
  const writes = (name: string) => fragment.outputs.some(({ builtin }) => builtin === name);
  const reads = (name: string) => fragment.inputs.some(({ builtin }) => builtin === name);
  if (writes("sample_mask") && multisample.alphaToCoverageEnabled) {
    return "the fragment shader writes sample_mask, so multisample.alphaToCoverageEnabled must be false";
  }
  if (writes("frag_depth") && !(depthStencil && hasAspect(formatOf(depthStencil.format), "depth"))) {
    return "the fragment shader writes frag_depth, so depthStencil must be given with a format that has depth";
  }
  if (device.features.has("core-features-and-limits")) return null;
  if (writes("sample_mask") || reads("sample_mask") || reads("sample_index")) {
    return `sample_mask and sample_index in fragment shaders need the feature "core-features-and-limits"`;
  }
  return null;
}

function wrongCoverage({ multisample, fragment }: RenderPipelineDescriptor, device: DeviceCore): string | null {
  if (!multisample.alphaToCoverageEnabled) return null;
  const target = fragment?.targets[0];
  if (!target) return "multisample.alphaToCoverageEnabled needs fragment.targets[0]";
  const format = formatOf(target.format);
  return allowed(format.blend, device.features) && componentsOf(format) === 4
    ? null
    : `multisample.alphaToCoverageEnabled needs a format that can be blended and has alpha, not "${format.name}"`;
}

function wrongState(descriptor: RenderPipelineDescriptor, device: DeviceCore): string | null {
  const { primitive, depthStencil, multisample, fragment } = descriptor;
  const wrong =
    wrongPrimitive(primitive, device) ??
    (depthStencil ? wrongDepthStencil(depthStencil, primitive, device) : null) ??
    wrongMultisample(multisample) ??
    wrongCoverage(descriptor, device);
  if (wrong !== null) return wrong;
  return depthStencil || fragment?.targets.some((target) => target !== null)
    ? null
    : "the pipeline has neither a color target nor depthStencil; give at least one";
}

interface Entries {
  readonly vertex: ShaderEntryPoint;
  readonly fragment: ShaderEntryPoint | null;
}

/** What is to be compiled, or why the pipeline cannot be made. */
function plan(core: RenderPipelineCore, descriptor: RenderPipelineDescriptor): Entries | Failure {
  const { device } = core;
  const { vertex, fragment, layout, primitive } = descriptor;
  const vertexEntry = findStage(vertex, "vertex", device);
  if ("kind" in vertexEntry) return vertexEntry;
  const fragmentEntry = fragment ? findStage(fragment, "fragment", device) : null;
  if (fragmentEntry !== null && "kind" in fragmentEntry) return fragmentEntry;
  const stages: AutoStage[] = [{ stage: "VERTEX", entry: vertexEntry }];
  if (fragmentEntry !== null) stages.push({ stage: "FRAGMENT", entry: fragmentEntry });
  const groups = layout === "auto" ? autoLayout(core, stages) : (unusable(layout, device) ?? layout.groups);
  if (typeof groups === "string") return invalid(groups);
  const wrongVertex = wrongStage(vertex, vertexEntry, groups) ?? wrongVertexState(vertex, vertexEntry, device);
  if (wrongVertex !== null) return invalid(`vertex: ${wrongVertex}`);
  if (fragment && fragmentEntry) {
    const wrong =
      wrongStage(fragment, fragmentEntry, groups) ??
      wrongFragmentState(fragment, fragmentEntry, device) ??
      wrongBuiltins(descriptor, fragmentEntry, device);
    if (wrong !== null) return invalid(`fragment: ${wrong}`);
  }
  const mostImmediates = device.limits.maxImmediateSize;
  const wrong =
    stages.map(({ entry }) => wrongImmediateSize(entry, layout, mostImmediates)).find((each) => each !== null) ??
    wrongState(descriptor, device) ??
    wrongInterStage(vertexEntry, fragmentEntry, primitive, device) ??
    wrongSlots(groups, vertex.buffers, device);
  if (wrong !== null) return invalid(wrong);
  core.groups = groups;
  core.buffers = stages.flatMap(({ entry }) => bufferNeeds(entry));
  core.immediateSlots = [...new Set(stages.flatMap(({ entry }) => entry.immediates.slots))];
  return { vertex: vertexEntry, fragment: fragmentEntry };
}

/** Of a module without a name: the compiler keeps none with this number. */
const NO_MODULE = -1;

/** What the compiler is asked for: the vertex program, then the fragment program. */
function requests(core: RenderPipelineCore, descriptor: RenderPipelineDescriptor, { vertex, fragment }: Entries): EntryRequest[] {
  const { device, record } = core;
  const { primitive, multisample, depthStencil } = descriptor;
  const common = { limits: device.limits, level: device.options.sanitize ? 0 : 2 } as const;
  const of = (stage: ProgrammableStage, { name }: ShaderEntryPoint, around: string): EntryRequest => ({
    ...common,
    ...stage.module.request,
    entryPoint: name,
    constants: stage.constants,
    around,
  });
  const vertexProgram = vertexCode({ entry: vertex, record, buffers: descriptor.vertex.buffers });
  const fragmentProgram = fragmentCode({
    entry: fragment,
    record,
    targets: descriptor.fragment?.targets ?? [],
    depthStencil,
    primitive,
    multisample,
  });
  return [
    of(descriptor.vertex, vertex, vertexProgram),
    descriptor.fragment && fragment
      ? of(descriptor.fragment, fragment, fragmentProgram)
      : { ...common, module: NO_MODULE, source: fragmentProgram, features: [], entryPoint: "main", constants: [] },
  ];
}

/** The device timeline's part of pipeline creation. Calls `done` at once, or when the compiler's replies are there. */
function initialize(
  core: RenderPipelineCore,
  descriptor: RenderPipelineDescriptor,
  done: (failure: Failure | null) => void,
): Promise<void> | undefined {
  const { device } = core;
  const finish = (failure: Failure | null): undefined => {
    core.valid = failure === null && !device.lost;
    done(failure);
  };
  const planned = device.lost ? null : plan(core, descriptor);
  if (planned === null || "kind" in planned) return finish(planned);
  if (device.options.validationOnly) return finish(null);
  core.record = vertexRecord(planned.vertex, planned.fragment, core.isStrip);
  const load = (replies: readonly EntryReply[]): Failure | null =>
    device.lost
      ? null
      : (core.vertexProgram.load(planned.vertex.name, replies[0]!) ??
        core.fragmentProgram.load(planned.fragment?.name ?? "main", replies[1]!));
  const replies = requests(core, descriptor, planned).map((request) => device.compiler.compile(request));
  if (replies.some((reply) => reply instanceof Promise)) return Promise.all(replies).then((settled) => finish(load(settled)));
  return finish(load(replies as EntryReply[]));
}

/** @see https://www.w3.org/TR/webgpu/#dom-supported-limits-maxbindgroupsplusvertexbuffers */
function wrongSlots(groups: readonly unknown[], buffers: readonly unknown[], device: DeviceCore): string | null {
  const most = device.limits.maxBindGroupsPlusVertexBuffers;
  return groups.length + buffers.length > most
    ? `${groups.length} bind groups and ${buffers.length} vertex buffers are over the limit maxBindGroupsPlusVertexBuffers of ${most}`
    : null;
}

function convert(device: DeviceCore, value: unknown, what: string): RenderPipelineDescriptor {
  const descriptor = renderPipelineDescriptor(value, `${what}: descriptor`);
  if (descriptor.depthStencil) requireFormatFeature(descriptor.depthStencil.format, device, what);
  if (descriptor.fragment) requireTargetFeatures(descriptor.fragment, device, what);
  return descriptor;
}

export function createRenderPipeline(device: DeviceCore, value: unknown): GPURenderPipeline {
  const what = "createRenderPipeline";
  const descriptor = convert(device, value, what);
  const core = new RenderPipelineCore(device, descriptor);
  device.timeline.run(() => {
    const report = (failure: Failure | null) => failure && device.error(failure.kind, `${what}: ${describe(core)}: ${failure.message}`);
    const waiting = initialize(core, descriptor, report);
    if (waiting) device.timeline.wait(waiting, () => {});
  });
  return new GPURenderPipeline(MINT, core);
}

export function createRenderPipelineAsync(device: DeviceCore, value: unknown): Promise<GPURenderPipeline> {
  const what = "createRenderPipelineAsync";
  const descriptor = convert(device, value, what);
  const core = new RenderPipelineCore(device, descriptor);
  const { promise, resolve, reject } = withResolvers<GPURenderPipeline>();
  device.timeline.run(() => {
    // whether the device is lost counts when creation ends, not when the script is told
    const settle = (failure: Failure | null) => {
      const reason = failure?.kind === "validation" ? "validation" : "internal";
      const error =
        failure === null || device.lost ? null : new GPUPipelineError(`${what}: ${describe(core)}: ${failure.message}`, { reason });
      device.tasks.post(() => (error === null ? resolve(new GPURenderPipeline(MINT, core)) : reject(error)));
    };
    initialize(core, descriptor, settle)?.catch((error) => settle({ kind: "internal", message: String(error) }));
  });
  return promise;
}

let coreOf: (value: unknown) => RenderPipelineCore | undefined;

export class GPURenderPipeline {
  declare readonly __brand: "GPURenderPipeline";
  declare label: string;
  readonly #core: RenderPipelineCore;
  constructor(...made: Made<RenderPipelineCore>) {
    this.#core = madeOf(made);
  }
  getBindGroupLayout(index: number): GPUBindGroupLayout {
    return getBindGroupLayout(this.#core, uint32Modulo(index, "getBindGroupLayout: index"));
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPURenderPipeline", GPURenderPipeline);
exposeLabel("GPURenderPipeline", GPURenderPipeline, coreOf!);

export const renderPipelineArgument = instance("GPURenderPipeline", (value) => coreOf(value));
