/**
 * A provider that does nothing: every shader and every call is valid, and nothing happens. What it passes says how much a pass is worth.
 * Adapters, features and limits are ours, so that the same cases apply.
 */
import { installGlobals } from "../../webgpu/globals.ts";
import { create as createOurs } from "../../webgpu/index.ts";

type Given = Readonly<Record<string, unknown>>;

/** What methods answer that have to answer something. */
const ANSWERS: Readonly<Record<string, () => unknown>> = {
  createComputePipelineAsync: async () => nothing(),
  createRenderPipelineAsync: async () => nothing(),
  getCompilationInfo: async () => ({ messages: [] }),
  mapAsync: async () => undefined,
  onSubmittedWorkDone: async () => undefined,
};

/** An object that has every method. @param given its properties that are no methods */
function nothing(given: Given = {}): unknown {
  const call = () => undefined;
  return new Proxy(call, {
    get: (_target, key) => {
      if (typeof key === "symbol" || key === "then") return undefined;
      return key in given ? given[key] : (ANSWERS[key] ?? (() => nothing()));
    },
    set: () => true,
  });
}

/** Zeros, as many as asked for. */
function bufferOf({ size, usage }: GPUBufferDescriptor): unknown {
  return nothing({ size, usage, getMappedRange: (offset = 0, length = size - offset) => new ArrayBuffer(length) });
}

/** Error scopes are counted and losing a device is announced: the suite waits for both between tests. */
function deviceOf({ features, limits, adapterInfo }: GPUDevice): unknown {
  let scopes = 0;
  let lose: (info: unknown) => void;
  const lost = new Promise((resolve) => {
    lose = resolve;
  });
  const pushErrorScope = () => void scopes++;
  const popErrorScope = async () => {
    if (scopes === 0) throw new DOMException("no scope is open", "OperationError");
    scopes--;
    return null;
  };
  const destroy = () => lose({ reason: "destroyed", message: "" });
  return nothing({ features, limits, adapterInfo, queue: nothing(), lost, createBuffer: bufferOf, pushErrorScope, popErrorScope, destroy });
}

function adapterOf(ours: GPUAdapter): unknown {
  const requestDevice = async (descriptor?: GPUDeviceDescriptor) => deviceOf(await ours.requestDevice(descriptor));
  return { features: ours.features, limits: ours.limits, info: ours.info, requestDevice };
}

export function create(flags: readonly string[] = []): unknown {
  const gpu = createOurs(flags);
  return {
    wgslLanguageFeatures: gpu.wgslLanguageFeatures,
    getPreferredCanvasFormat: () => gpu.getPreferredCanvasFormat(),
    requestAdapter: async (options?: GPURequestAdapterOptions) => {
      const ours = await gpu.requestAdapter(options);
      return ours && adapterOf(ours);
    },
  };
}

installGlobals();
