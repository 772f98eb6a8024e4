/** `debug(device)`: logs of shaders, steps of one invocation, watchpoints. @see debug-state.ts */
import { bufferArgument } from "./buffer.ts";
import { describe } from "./core.ts";
import type { Invocation, LogEntry, WatchHit } from "./debug-state.ts";
import { deviceArgument } from "./device.ts";
import { operationError } from "./errors.ts";
import type { InvocationTrace } from "./trace.ts";

export type { LogEntry, WatchHit } from "./debug-state.ts";
export type { InvocationTrace, LoggedValue } from "./trace.ts";

export interface DeviceDebug {
  /** What shaders logged since this was asked last, in the order in which it happened. `lost` records did not fit. */
  takeLog(): { readonly entries: readonly LogEntry[]; readonly lost: number };
  /** From the next submission on, the steps of one invocation, by its global id, are kept; null: of none. */
  follow(invocation: Invocation | null): void;
  /** Traces of the invocation followed, one for each dispatch that it was in, since this was asked last. */
  takeTraces(): readonly InvocationTrace[];
  /** Watches bytes of a buffer that shaders can bind. @returns a function that ends it */
  watch(buffer: GPUBuffer, range?: { readonly offset?: number; readonly size?: number }): () => void;
  /** Accesses of shaders to watched bytes since this was asked last. */
  takeHits(): readonly WatchHit[];
}

/**
 * The debugger of a device.
 * @param device made by a GPU of `create({ debug: true })`
 * @throws TypeError for another value, OperationError for another device
 */
export function debug(device: GPUDevice): DeviceDebug {
  const core = deviceArgument(device, "debug: device");
  const state = core.debug;
  if (state === null) throw operationError("debug: the device is not one for debugging; make its GPU with create({ debug: true })");
  return {
    takeLog: () => state.takeLog(),
    follow: (invocation) => state.follow(invocation),
    takeTraces: () => state.takeTraces(),
    takeHits: () => state.takeHits(),
    watch(buffer, { offset = 0, size } = {}) {
      const given = bufferArgument(buffer, "watch: buffer");
      if (given.device !== core) throw operationError(`watch: ${describe(given)} belongs to another device`);
      return state.watch(given, offset, size ?? given.size - offset);
    },
  };
}
