/** What the driver asks of the JavaScript host. Captured at load. */

type Macrotask = (task: () => void) => void;

/** Runs a task in a later turn of the event loop: soon, but after input and timers had their chance. */
export const macrotask: Macrotask = pickMacrotask();

function pickMacrotask(): Macrotask {
  const { setImmediate } = globalThis;
  if (typeof setImmediate === "function") return (task) => void setImmediate(task);
  const { setTimeout, MessageChannel } = globalThis; // Node reads the files of a global when it is first looked at
  if (typeof MessageChannel !== "function") return (task) => void setTimeout(task, 0);
  // pages clamp nested timers to 4 ms; messages are not clamped
  const waiting: (() => void)[] = [];
  const channel = new MessageChannel();
  channel.port1.onmessage = () => waiting.shift()?.();
  return (task) => {
    waiting.push(task);
    channel.port2.postMessage(0);
  };
}

/** Runs a task in a later turn of the event loop, where the host has nothing better to do. Keeps no process alive. */
export function idle(task: () => void): void {
  const { requestIdleCallback, setTimeout } = globalThis as {
    requestIdleCallback?: (task: () => void) => void;
    setTimeout: (task: () => void, ms: number) => number | { unref(): void };
  };
  if (typeof requestIdleCallback === "function") {
    requestIdleCallback(task);
    return;
  }
  // not setImmediate: one that keeps no process alive wakes no loop that waits, either
  const timer = setTimeout(task, 0);
  if (typeof timer === "object") timer.unref();
}

/** Milliseconds since some time. Found at the first call: Node reads ten files for it. */
export function now(): number {
  clock ??= globalThis.performance;
  return clock.now();
}
let clock: { now(): number } | undefined;

export const microtask: (task: () => void) => void = globalThis.queueMicrotask;

/** Prints a warning to stderr, or to the console of a page. */
export function warn(message: string): void {
  globalThis.console?.warn(message);
}

/** Environment variables; none in pages. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env ?? {};
}

/** A module of Node, or undefined elsewhere. Asked for at run time, so that bundles for pages need none. */
export function nodeModule<T>(name: string): T | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  return process?.getBuiltinModule?.(`node:${name}`) as T | undefined;
}
