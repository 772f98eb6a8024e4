/** @see https://www.w3.org/TR/webgpu/#bundles */
import type { Command, UsedResources } from "./commands.ts";
import { Core, describe } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import type { DomRenderBundleEncoder } from "./dom-types.ts";
import { bytesPerSample, formatOf, isColorRenderable, isDepthStencil, requireFormatFeature, textureFormat } from "./formats.ts";
import { boolean, isObject, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, instance, nullable, optional, required, sequence } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { RenderCommandsCore } from "./render-commands.ts";
import { type PassLayout, passLayout } from "./render-layout.ts";
import { exposeRenderMethods } from "./render-methods.ts";
import type { UsageScope } from "./usage-scope.ts";

const passLayoutDescriptor = dictionary(objectDescriptor, {
  colorFormats: required(sequence(nullable(textureFormat))),
  depthStencilFormat: optional(textureFormat),
  sampleCount: defaulted(uint32, 1),
});
const bundleEncoderDescriptor = dictionary(passLayoutDescriptor, {
  depthReadOnly: defaulted(boolean, false),
  stencilReadOnly: defaulted(boolean, false),
});
type BundleEncoderDescriptor = ReturnType<typeof bundleEncoderDescriptor>;

/** What a finished encoder recorded: it takes no more commands, so the bundle shares its lists. */
export class RenderBundleCore extends Core {
  readonly #encoder: RenderBundleEncoderCore;

  constructor(encoder: RenderBundleEncoderCore, label: string) {
    super("GPURenderBundle", encoder.device, label);
    this.#encoder = encoder;
  }
  get commands(): readonly Command[] {
    return this.#encoder.commands;
  }
  get used(): UsedResources {
    return this.#encoder.used;
  }
  get scope(): UsageScope {
    return this.#encoder.scope;
  }
  get layout(): PassLayout {
    return this.#encoder.layout;
  }
  get drawCount(): number {
    return this.#encoder.drawCount;
  }
  get depthReadOnly(): boolean {
    return this.#encoder.depthReadOnly;
  }
  get stencilReadOnly(): boolean {
    return this.#encoder.stencilReadOnly;
  }
}

class RenderBundleEncoderCore extends RenderCommandsCore {
  constructor(device: DeviceCore, label: string) {
    super("GPURenderBundleEncoder", device, label, "render bundle");
  }

  /** @returns why the bundle is invalid, or null */
  finish(): string | null {
    const wasEnded = this.state === "ended";
    this.state = "ended";
    if (wasEnded) return "it is finished already";
    if (!this.valid) return this.reason ?? "it is invalid";
    if (this.scope.wrong !== null) return this.scope.wrong;
    return this.debugGroups.length > 0 ? `debug groups are still open: ${this.debugGroups.join(", ")}` : null;
  }
}

function wrongEncoder({ colorFormats, depthStencilFormat, sampleCount }: BundleEncoderDescriptor, device: DeviceCore): string | null {
  const { maxColorAttachments, maxColorAttachmentBytesPerSample } = device.limits;
  if (colorFormats.length > maxColorAttachments) {
    return `${colorFormats.length} colorFormats are over the limit maxColorAttachments of ${maxColorAttachments}`;
  }
  const formats = colorFormats.flatMap((name) => (name === null ? [] : [formatOf(name)]));
  const unrenderable = formats.find((format) => !isColorRenderable(format, device.features));
  if (unrenderable) return `format "${unrenderable.name}" cannot be a color attachment`;
  const bytes = bytesPerSample(formats);
  if (bytes > maxColorAttachmentBytesPerSample) {
    return `the colorFormats take ${bytes} bytes a sample, over the limit maxColorAttachmentBytesPerSample of ${maxColorAttachmentBytesPerSample}`;
  }
  if (depthStencilFormat !== undefined && !isDepthStencil(formatOf(depthStencilFormat))) {
    return `depthStencilFormat "${depthStencilFormat}" is no depth or stencil format`;
  }
  if (formats.length === 0 && depthStencilFormat === undefined) return "there is no attachment; give at least one";
  return sampleCount === 1 || sampleCount === 4 ? null : `sampleCount is ${sampleCount}, but must be 1 or 4`;
}

export function createRenderBundleEncoder(device: DeviceCore, value: unknown): DomRenderBundleEncoder {
  const what = "createRenderBundleEncoder";
  const descriptor = bundleEncoderDescriptor(value, `${what}: descriptor`);
  const { label, colorFormats, depthStencilFormat, sampleCount } = descriptor;
  for (const format of [...colorFormats, depthStencilFormat]) if (format) requireFormatFeature(format, device, what);
  const core = new RenderBundleEncoderCore(device, label);
  device.timeline.run(() => {
    const wrong = device.lost ? "the device is lost" : wrongEncoder(descriptor, device);
    core.layout = passLayout(colorFormats, depthStencilFormat ?? null, sampleCount);
    core.depthReadOnly = descriptor.depthReadOnly;
    core.stencilReadOnly = descriptor.stencilReadOnly;
    if (wrong === null) return;
    core.invalidate(`${what}: ${wrong}`);
    device.invalid(`${what}: ${describe(core)}: ${wrong}`);
  });
  return new GPURenderBundleEncoder(MINT, core);
}

let encoderOf: (value: unknown) => RenderBundleEncoderCore;

class RenderBundleEncoder {
  readonly #core: RenderBundleEncoderCore;
  constructor(...made: Made<RenderBundleEncoderCore>) {
    this.#core = madeOf(made);
  }
  finish(descriptor?: GPURenderBundleDescriptor): GPURenderBundle {
    const encoder = this.#core;
    const { label } = objectDescriptor(descriptor, "finish: descriptor");
    const bundle = new RenderBundleCore(encoder, label);
    encoder.device.timeline.run(() => {
      const wrong = encoder.finish();
      bundle.valid = wrong === null && !encoder.device.lost;
      if (wrong !== null) encoder.device.invalid(`finish: ${describe(encoder)}: ${wrong}`, encoder.reasonAt);
    });
    return new GPURenderBundle(MINT, bundle);
  }
  static {
    encoderOf = (value) => (value as RenderBundleEncoder).#core;
  }
}
exposeRenderMethods(RenderBundleEncoder, (value) => encoderOf(value));
exposeInterface("GPURenderBundleEncoder", RenderBundleEncoder);
exposeLabel("GPURenderBundleEncoder", RenderBundleEncoder, (value) => encoderOf(value));
/** with the methods that exposeRenderMethods gave it */
export const GPURenderBundleEncoder = RenderBundleEncoder as unknown as {
  new (...made: Made<RenderBundleEncoderCore>): DomRenderBundleEncoder;
  readonly prototype: DomRenderBundleEncoder;
};

let bundleOf: (value: unknown) => RenderBundleCore | undefined;

export class GPURenderBundle {
  declare readonly __brand: "GPURenderBundle";
  declare label: string;
  readonly #core: RenderBundleCore;
  constructor(...made: Made<RenderBundleCore>) {
    this.#core = madeOf(made);
  }
  static {
    bundleOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPURenderBundle", GPURenderBundle);
exposeLabel("GPURenderBundle", GPURenderBundle, (value) => bundleOf(value));

export const renderBundleArgument = instance("GPURenderBundle", (value) => bundleOf(value));
