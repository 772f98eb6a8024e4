/** @see https://www.w3.org/TR/webgpu/#shader-modules */
import { compilationInfo, type GPUCompilationInfo } from "./compilation-info.ts";
import type { ModuleReply, ModuleRequest, ShaderInterface, ShaderMessage } from "./compiler.ts";
import { Core, describe } from "./core.ts";
import { type DeviceCore, withResolvers } from "./device-core.ts";
import { isObject, usvString } from "./idl/convert.ts";
import { defaulted, dictionary, instance, optional, required, sequence } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf, promised } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { layoutOrAuto } from "./pipeline-layout.ts";

const compilationHint = dictionary(null, { entryPoint: required(usvString), layout: optional(layoutOrAuto) });
const shaderModuleDescriptor = dictionary(objectDescriptor, {
  code: required(usvString),
  compilationHints: defaulted(sequence(compilationHint), []),
});

let nextModule = 1;
/** Tells the compiler about modules that are gone, so that it keeps no checked module for them. */
const dropped = new FinalizationRegistry<() => void>((forget) => forget());

export class ShaderModuleCore extends Core {
  readonly request: ModuleRequest;
  /** null until creation is done, and when it failed */
  interface: ShaderInterface | null = null;
  messages: readonly ShaderMessage[] = [];
  /** The front end gave up: pipelines report it. @see https://www.w3.org/TR/webgpu/#dom-gpudevice-createcomputepipeline */
  failure: string | null = null;

  constructor(device: DeviceCore, label: string, source: string) {
    super("GPUShaderModule", device, label);
    const module = nextModule++;
    this.request = { module, source, features: [...device.features] };
    const { compiler } = device;
    dropped.register(this, () => compiler.forget(module));
  }
}

/** "3:5: cannot assign to 'x' (W0412)", for the first errors. */
export function listMessages(messages: readonly ShaderMessage[]): string {
  const errors = messages.filter((message) => message.type === "error");
  const lines = errors
    .slice(0, 5)
    .map(({ line, column, message, code }) => `\n  ${line > 0 ? `${line}:${column}: ` : ""}${message} (${code})`);
  const more = errors.length > 5 ? `\n  and ${errors.length - 5} more errors` : "";
  return lines.join("") + more;
}

export function createShaderModule(device: DeviceCore, value: unknown): GPUShaderModule {
  const { label, code } = shaderModuleDescriptor(value, "createShaderModule: descriptor");
  const core = new ShaderModuleCore(device, label, code);
  device.timeline.run(() => {
    core.valid = false;
    if (device.lost) return;
    const reply = device.compiler.check(core.request);
    if (reply instanceof Promise) device.timeline.wait(reply, (settled) => finish(core, settled));
    else finish(core, reply);
  });
  return new GPUShaderModule(MINT, core);
}

function finish(core: ShaderModuleCore, reply: ModuleReply): void {
  core.messages = reply.messages;
  core.interface = reply.interface;
  core.failure = reply.failure ?? null;
  core.valid = reply.interface !== null || core.failure !== null;
  if (!core.valid) core.device.invalid(`createShaderModule: the WGSL of ${describe(core)} has errors${listMessages(reply.messages)}`);
}

let coreOf: (value: unknown) => ShaderModuleCore | undefined;

export class GPUShaderModule {
  declare readonly __brand: "GPUShaderModule";
  declare label: string;
  readonly #core: ShaderModuleCore;
  constructor(...made: Made<ShaderModuleCore>) {
    this.#core = madeOf(made);
  }
  getCompilationInfo(): Promise<GPUCompilationInfo> {
    return promised(() => {
      const core = this.#core;
      const { device } = core;
      const { promise, resolve } = withResolvers<GPUCompilationInfo>();
      device.timeline.run(() => device.tasks.post(() => resolve(compilationInfo(core.messages))));
      return promise;
    });
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUShaderModule", GPUShaderModule);
exposeLabel("GPUShaderModule", GPUShaderModule, coreOf!);

export const shaderModuleArgument = instance("GPUShaderModule", (value) => coreOf(value));
