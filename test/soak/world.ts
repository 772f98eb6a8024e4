/**
 * What a soak knows of what it made: enough to say of every call which error it must give, by the specification's rules and not by the
 * driver's answers. Every call stands in error scopes of its own, so that an error is matched with the call that made it.
 */
export type Expected = "none" | "validation" | "throws" | "any";

export interface Report {
  calls: number;
  readonly kinds: Map<string, number>;
  readonly surprises: string[];
}

export const report = (): Report => ({ calls: 0, kinds: new Map(), surprises: [] });

const MOST_SURPRISES = 20;
export function surprise(r: Report, text: string): void {
  if (r.surprises.length < MOST_SURPRISES) r.surprises.push(text);
}

/** Numbers below n, from a seed. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }
  chance(of: number): boolean {
    return this.below(of) === 0;
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

export interface Thing<T> {
  readonly gpu: T;
  readonly valid: boolean;
}
export interface Buffer extends Thing<GPUBuffer> {
  readonly size: number;
  readonly usage: number;
  destroyed: boolean;
  /** mapped, or being mapped: nothing on the device may use it */
  held: boolean;
  /** of the mapAsync that is under way */
  asked: Promise<unknown> | null;
}
export interface Texture extends Thing<GPUTexture> {
  readonly width: number;
  readonly height: number;
  readonly usage: number;
  destroyed: boolean;
}
export interface Group extends Thing<GPUBindGroup> {
  readonly buffer: Buffer;
}
export interface Commands extends Thing<GPUCommandBuffer> {
  readonly uses: readonly (Buffer | Texture)[];
  submitted: boolean;
}

/** Scopes that wait for their device's answer; awaited now and then, so that they do not pile up. */
const MOST_PENDING = 256;

/** One device and what lives on it. */
export class Tenant {
  readonly device: GPUDevice;
  readonly report: Report;
  readonly random: Random;
  lost = false;
  readonly buffers: Buffer[] = [];
  readonly textures: Texture[] = [];
  readonly groups: Group[] = [];
  readonly commands: Commands[] = [];
  readonly pipelines: Thing<GPUComputePipeline>[] = [];
  readonly querySets: Thing<GPUQuerySet>[] = [];
  openScopes = 0;
  #pending: Promise<void>[] = [];

  constructor(device: GPUDevice, r: Report, random: Random) {
    this.device = device;
    this.report = r;
    this.random = random;
    device.addEventListener("uncapturederror", ({ error }) => surprise(r, `uncaptured: ${error.constructor.name}: ${error.message}`));
    // through a weak reference: a promise that never settles must not keep the world
    const self = new WeakRef(this);
    device.lost.then(() => {
      const tenant = self.deref();
      if (tenant) tenant.lost = true;
    });
  }

  /** Makes a call and checks what it leads to. @returns its result; undefined where it threw */
  call<T>(name: string, expected: Expected, run: () => T): T | undefined {
    const { device, report: r } = this;
    r.calls++;
    r.kinds.set(name, (r.kinds.get(name) ?? 0) + 1);
    for (const filter of ["internal", "out-of-memory", "validation"] as const) device.pushErrorScope(filter);
    let result: T | undefined;
    let thrown: unknown;
    try {
      result = run();
    } catch (error) {
      thrown = error;
    }
    const scopes = [device.popErrorScope(), device.popErrorScope(), device.popErrorScope()];
    if ((thrown !== undefined) !== (expected === "throws") && expected !== "any")
      surprise(r, `${name}: expected ${expected}, threw ${String(thrown)}`);
    else if (thrown !== undefined && !isSpecified(thrown)) surprise(r, `${name}: threw ${String(thrown)}`);
    this.#pending.push(this.#check(name, this.lost ? "none" : expected, scopes));
    return result;
  }

  /** A promise of the API that may be rejected, with a DOMException, when `mayFail`. */
  promised(name: string, mayFail: boolean, promise: Promise<unknown> | undefined): void {
    if (promise === undefined) return;
    const settled = promise.then(
      () => {},
      (error: unknown) => {
        const fits = error instanceof DOMException || (error instanceof Error && error.constructor.name === "GPUPipelineError");
        if (!fits || !(mayFail || this.lost)) surprise(this.report, `${name}: rejected with ${String(error)}`);
      },
    );
    this.#pending.push(settled);
  }

  async #check(name: string, expected: Expected, scopes: readonly Promise<GPUError | null>[]): Promise<void> {
    const [validation, memory, internal] = await Promise.all(scopes);
    for (const unexpected of [memory, internal])
      if (unexpected) surprise(this.report, `${name}: ${unexpected.constructor.name}: ${unexpected.message}`);
    if (expected === "any" || this.lost) return;
    if (!validation === (expected !== "validation")) return;
    surprise(this.report, validation ? `${name}: expected ${expected}, got ${validation.message}` : `${name}: expected a validation error`);
  }

  get busy(): boolean {
    return this.#pending.length >= MOST_PENDING;
  }
  async settle(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    await Promise.all(pending);
  }
}

/** What the API may throw: WebIDL's TypeError and RangeError, and DOMExceptions. */
const isSpecified = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError || error instanceof DOMException;

export const usable = (b: Buffer): boolean => b.valid && !b.destroyed && !b.held;
export const alive = (t: Texture): boolean => t.valid && !t.destroyed;
