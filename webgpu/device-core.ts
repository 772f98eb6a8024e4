/**
 * The device as the driver sees it: limits, the kernel's door, the timeline, errors and loss.
 * @see https://www.w3.org/TR/webgpu/#devices
 */
import type { Door } from "../sandbox/kernel/door.ts";
import type { BufferCore } from "./buffer.ts";
import type { Compiler } from "./compiler.ts";
import { ContentTasks } from "./content-tasks.ts";
import { DebugState } from "./debug-state.ts";
import { GPUDeviceLostInfo, type LostReason } from "./device-lost.ts";
import type { DrawMemory } from "./draw/memory.ts";
import { ErrorScopes } from "./error-scopes.ts";
import { type ErrorFilter, type GPUError, makeError } from "./errors.ts";
import type { FeatureName } from "./features.ts";
import { MINT } from "./idl/interface.ts";
import type { LimitValues } from "./limits.ts";
import type { Options } from "./options.ts";
import { DeviceHeap, HeapStorage, IMMEDIATE_ROOM } from "./storage.ts";
import { Timeline } from "./timeline.ts";

export interface DeviceParts {
  readonly label: string;
  readonly limits: LimitValues;
  readonly features: ReadonlySet<FeatureName>;
  readonly options: Options;
  readonly compiler: Compiler;
  /** @see DeviceHeap */
  readonly openDoor: () => Door;
}

export class DeviceCore {
  readonly kind = "GPUDevice";
  label: string;
  readonly limits: LimitValues;
  readonly features: ReadonlySet<FeatureName>;
  readonly options: Options;
  readonly compiler: Compiler;
  readonly tasks = new ContentTasks();
  readonly timeline = new Timeline((error) => this.crash(error));
  readonly scopes = new ErrorScopes();
  /** content timeline: buffers mapped or waiting for it, to be unmapped when the device is destroyed */
  readonly mapped = new Set<BufferCore>();
  readonly heap: DeviceHeap;
  /** what dispatches in a stream are given as immediate data, one after another */
  readonly immediates: HeapStorage;
  /** what its draws use; null until there is one */
  drawMemory: DrawMemory | null = null;
  /** what the debugger of the device has; null where it is not for debugging */
  readonly debug: DebugState | null;
  lost = false;
  /** written so far, with the option clock */
  timestamps = 0;
  readonly whenLost: Promise<GPUDeviceLostInfo>;
  /** told where an error arises that no scope takes; set by GPUDevice */
  onUncaptured: (error: GPUError, at?: string) => void = () => {};
  readonly #resolveLost: (info: GPUDeviceLostInfo) => void;

  constructor(parts: DeviceParts) {
    this.label = parts.label;
    this.limits = parts.limits;
    this.features = parts.features;
    this.options = parts.options;
    this.compiler = parts.compiler;
    this.heap = new DeviceHeap(parts.openDoor);
    this.immediates = new HeapStorage(this, IMMEDIATE_ROOM);
    this.debug = parts.options.debug ? new DebugState(this) : null;
    const { promise, resolve } = withResolvers<GPUDeviceLostInfo>();
    this.whenLost = promise;
    this.#resolveLost = resolve;
  }

  get door(): Door {
    return this.heap.door;
  }

  /** Hands an error to the innermost scope that takes it. A lost device has no errors. @param at the call that it arose in, if not this one */
  error(kind: ErrorFilter, message: string, at?: string): void {
    if (this.lost) return;
    const error = makeError(kind, message);
    if (!this.scopes.catch(kind, error)) this.onUncaptured(error, at);
  }

  invalid(message: string, at?: string): void {
    this.error("validation", message, at);
  }

  /** A bug of ours: the operation did nothing, and says so. */
  crash(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.error("internal", `Portcullis has a bug, please report it: ${text}`);
  }

  /** @see https://www.w3.org/TR/webgpu/#lose-the-device */
  lose(reason: LostReason, message: string): void {
    if (this.lost) return;
    this.lost = true;
    this.heap.close();
    this.tasks.post(() => this.#resolveLost(new GPUDeviceLostInfo(MINT, { reason, message })));
  }
}

export interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

export function withResolvers<T>(): Resolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((a, b) => {
    resolve = a;
    reject = b;
  });
  return { promise, resolve, reject };
}
