/**
 * Rendering is not supported yet. The interface objects exist, so that scripts can ask `instanceof` and find the methods; the calls that
 * would make one report an error that says so, and the objects they return are invalid, so that what is done with them has no effect.
 * @see https://www.w3.org/TR/webgpu/#render-passes
 */
import type { BindGroupLayoutCore, GPUBindGroupLayout } from "./bind-group-layout.ts";
import { EncoderCore } from "./commands.ts";
import { Core, describe } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import type { DomRenderBundleEncoder, DomRenderPassEncoder } from "./dom-types.ts";
import { GPUPipelineError } from "./errors.ts";
import { isObject, uint32Modulo } from "./idl/convert.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { getBindGroupLayout } from "./pipeline-base.ts";
import { NOT_YET } from "./texture.ts";

/** Gives a class methods that record nothing: its encoders are invalid from the start. */
function exposeCommands(target: { readonly prototype: object }, names: readonly string[], coreOf: (value: unknown) => EncoderCore): void {
  for (const name of names) {
    const methods = {
      [name](): undefined {
        const core = coreOf(this);
        core.device.timeline.run(() => core.canRecord(name));
      },
    };
    Object.defineProperties(target.prototype, Object.getOwnPropertyDescriptors(methods));
  }
}

type Interface<C, T> = { new (...made: Made<C>): T; readonly prototype: T };

const DEBUG_COMMANDS = ["pushDebugGroup", "popDebugGroup", "insertDebugMarker"];
const DRAW_COMMANDS = ["setPipeline", "setIndexBuffer", "setVertexBuffer", "draw", "drawIndexed", "drawIndirect", "drawIndexedIndirect"];
const PASS_COMMANDS = [
  "setViewport",
  "setScissorRect",
  "setBlendConstant",
  "setStencilReference",
  "beginOcclusionQuery",
  "endOcclusionQuery",
  "executeBundles",
];

class RenderPassCore extends EncoderCore {
  readonly parent: EncoderCore;
  constructor(parent: EncoderCore, label: string) {
    super("GPURenderPassEncoder", parent.device, label);
    this.parent = parent;
  }
  end(): void {
    if (this.endPass(this.parent)) this.parent.invalidate(this.reason ?? "");
  }
}

export function beginRenderPass(parent: EncoderCore, descriptor: unknown): DomRenderPassEncoder {
  const { label } = objectDescriptor(descriptor, "beginRenderPass: descriptor");
  const pass = new RenderPassCore(parent, label);
  parent.device.timeline.run(() => {
    pass.invalidate(`beginRenderPass: a render pass ${NOT_YET}`);
    parent.beginPass(pass, "beginRenderPass");
  });
  return new GPURenderPassEncoder(MINT, pass);
}

let passOf: (value: unknown) => RenderPassCore;

class RenderPassEncoder {
  readonly #core: RenderPassCore;
  constructor(...made: Made<RenderPassCore>) {
    this.#core = madeOf(made);
  }
  end(): undefined {
    const core = this.#core;
    core.device.timeline.run(() => core.end());
  }
  static {
    passOf = (value) => (value as RenderPassEncoder).#core;
  }
}
exposeCommands(RenderPassEncoder, ["setBindGroup", ...PASS_COMMANDS, ...DRAW_COMMANDS, ...DEBUG_COMMANDS], (value) => passOf(value));
exposeInterface("GPURenderPassEncoder", RenderPassEncoder);
exposeLabel("GPURenderPassEncoder", RenderPassEncoder, (value) => passOf(value));
/** with the methods that exposeCommands made */
export const GPURenderPassEncoder = RenderPassEncoder as unknown as Interface<RenderPassCore, DomRenderPassEncoder>;

let bundleEncoderOf: (value: unknown) => EncoderCore;

class RenderBundleEncoder {
  readonly #core: EncoderCore;
  constructor(...made: Made<EncoderCore>) {
    this.#core = madeOf(made);
  }
  finish(descriptor?: GPURenderBundleDescriptor): GPURenderBundle {
    const core = this.#core;
    const { label } = objectDescriptor(descriptor, "finish: descriptor");
    const bundle = new Core("GPURenderBundle", core.device, label);
    core.device.timeline.run(() => {
      core.state = "ended";
      bundle.valid = false;
      core.device.invalid(`finish: ${describe(core)}: ${core.reason}`);
    });
    return new GPURenderBundle(MINT, bundle);
  }
  static {
    bundleEncoderOf = (value) => (value as RenderBundleEncoder).#core;
  }
}
exposeCommands(RenderBundleEncoder, ["setBindGroup", ...DRAW_COMMANDS, ...DEBUG_COMMANDS], (value) => bundleEncoderOf(value));
exposeInterface("GPURenderBundleEncoder", RenderBundleEncoder);
exposeLabel("GPURenderBundleEncoder", RenderBundleEncoder, (value) => bundleEncoderOf(value));
export const GPURenderBundleEncoder = RenderBundleEncoder as unknown as Interface<EncoderCore, DomRenderBundleEncoder>;

export function createRenderBundleEncoder(device: DeviceCore, descriptor: unknown): DomRenderBundleEncoder {
  const { label } = objectDescriptor(descriptor, "createRenderBundleEncoder: descriptor");
  const core = new EncoderCore("GPURenderBundleEncoder", device, label);
  device.timeline.run(() => core.invalidate(`a render bundle ${NOT_YET}`));
  return new GPURenderBundleEncoder(MINT, core);
}

let bundleOf: (value: unknown) => Core | undefined;

export class GPURenderBundle {
  declare readonly __brand: "GPURenderBundle";
  declare label: string;
  readonly #core: Core;
  constructor(...made: Made<Core>) {
    this.#core = madeOf(made);
  }
  static {
    bundleOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPURenderBundle", GPURenderBundle);
exposeLabel("GPURenderBundle", GPURenderBundle, (value) => bundleOf(value));

class RenderPipelineCore extends Core {
  readonly groups: readonly (BindGroupLayoutCore | null)[] = [];
}

let pipelineOf: (value: unknown) => RenderPipelineCore | undefined;

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
    pipelineOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPURenderPipeline", GPURenderPipeline);
exposeLabel("GPURenderPipeline", GPURenderPipeline, (value) => pipelineOf(value));

export function createRenderPipeline(device: DeviceCore, descriptor: unknown): GPURenderPipeline {
  const { label } = objectDescriptor(descriptor, "createRenderPipeline: descriptor");
  const core = new RenderPipelineCore("GPURenderPipeline", device, label);
  device.timeline.run(() => {
    core.valid = false;
    device.error("internal", `createRenderPipeline: ${describe(core)}: a render pipeline ${NOT_YET}`);
  });
  return new GPURenderPipeline(MINT, core);
}

export function createRenderPipelineAsync(device: DeviceCore, descriptor: unknown): Promise<GPURenderPipeline> {
  const { label } = objectDescriptor(descriptor, "createRenderPipelineAsync: descriptor");
  const kind = { kind: "GPURenderPipeline", label };
  const error = new GPUPipelineError(`createRenderPipelineAsync: ${describe(kind)}: a render pipeline ${NOT_YET}`, { reason: "internal" });
  return new Promise((_, reject) => device.timeline.run(() => device.tasks.post(() => reject(error))));
}

/** Made by no call yet: a page's canvas and its video frames. */
export class GPUExternalTexture {
  declare readonly __brand: "GPUExternalTexture";
  declare label: string;
  constructor(...made: Made<Core>) {
    madeOf(made);
  }
}
exposeInterface("GPUExternalTexture", GPUExternalTexture);
exposeLabel("GPUExternalTexture", GPUExternalTexture, () => undefined);

export class GPUCanvasContext {
  declare readonly __brand: "GPUCanvasContext";
  constructor(...made: Made<Core>) {
    madeOf(made);
  }
}
exposeInterface("GPUCanvasContext", GPUCanvasContext);
