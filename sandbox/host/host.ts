/**
 * What the sandbox asks of the machine around it: threads and a clock. Injected once, at load, by whoever knows the engine (Node, a page):
 * the sandbox imports nothing of either. Without it there is one thread, which cannot wait.
 */

/** A thread of ours. What crosses is the kernel's own: nobody else has the other end. */
export interface Link {
  post(message: unknown): void;
  /** Ends the thread, whatever it is doing. */
  kill(): void;
}

export interface Host {
  /** threads that can run at once */
  readonly cores: number;
  /** whether this thread may block; the main thread of a page may not, and spins for the little that it has to wait */
  readonly canWait: boolean;
  /** milliseconds since some time */
  now(): number;
  /**
   * Starts a thread that runs `serveRunner` of sandbox/kernel/runner.ts. It keeps no process alive.
   * @param onEnd called once if it ends by itself
   * @returns undefined where there can be none
   */
  startRunner(onEnd: () => void): Link | undefined;
}

const lone: Host = { cores: 1, canWait: false, now: () => Date.now(), startRunner: () => undefined };
let injected: Host | undefined;

/** The first host stays. */
export function injectHost(host: Host): void {
  injected ??= host;
}

export function host(): Host {
  return injected ?? lone;
}
