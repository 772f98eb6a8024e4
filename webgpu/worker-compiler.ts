/**
 * The compiler in a worker of its own. A text that takes too long or too much memory costs its pipeline an error, never the process: the
 * worker is killed, and the next request starts another. What it answers is data from an enemy: its shape is looked at here, its objects by
 * the kernel's verifier.
 */
import type { ToCompiler } from "./compile-worker.ts";
import type { Compiler, EntryReply, EntryRequest, ModuleReply, ModuleRequest } from "./compiler.ts";
import { startThread, type Thread, type ThreadEvents } from "./threads.ts";

export interface WorkerLimits {
  /** milliseconds that one request may take */
  readonly timeMs: number;
  /** MiB of typed columns that one request may take, which engines do not count; and twice that of JavaScript objects in the worker */
  readonly memoryMb: number;
}
/** milliseconds that the worker may take to start, which is not the shader's doing */
const START_MS = 60_000;
/** the compiler by itself, with little to do */
const LEAST_HEAP_MB = 64;
const heapMb = ({ memoryMb }: WorkerLimits): number => Math.max(LEAST_HEAP_MB, 2 * memoryMb);

type Start = (events: ThreadEvents) => Thread | undefined;

interface Pending {
  readonly answer: (reply: unknown) => void;
  readonly fail: (why: string) => void;
}

export class WorkerCompiler implements Compiler {
  readonly languageFeatures: readonly string[];
  readonly #inline: Compiler;
  readonly #start: Start;
  readonly #limits: WorkerLimits;
  readonly #pending = new Map<number, Pending>();
  #thread: Thread | undefined;
  #canStart = true;
  /** the worker has said something, so it has started */
  #hasStarted = false;
  #next = 1;
  #watchdog: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param inline compiles where no worker can start, and says what the language has
   * @param start for tests: starts the thread
   */
  constructor(inline: Compiler, limits: WorkerLimits, start?: Start) {
    this.#inline = inline;
    this.languageFeatures = inline.languageFeatures;
    this.#limits = limits;
    this.#start = start ?? ((events) => startThread("compile-worker", events, { maxOldGenerationSizeMb: heapMb(limits) }));
  }

  /** Starts the worker, so that it is there when the first shader comes. */
  warm(): void {
    this.#worker();
  }

  check(request: ModuleRequest): ModuleReply | Promise<ModuleReply> {
    const { module, source, features } = request;
    const columnBytes = this.#columnBytes;
    const failed = (why: string): ModuleReply => ({ messages: [], interface: null, failure: why });
    return (
      this.#ask((id) => ({ does: "check", request: id, body: { module, source, features }, columnBytes }), isModuleReply, failed) ??
      this.#inline.check(request)
    );
  }

  compile(request: EntryRequest): EntryReply | Promise<EntryReply> {
    const failed = (message: string): EntryReply => ({ status: "failed", message });
    // a plain copy: what is asked may hang on objects that cannot be sent
    const body = { ...request, limits: { ...request.limits } };
    return (
      this.#ask((id) => ({ does: "compile", request: id, body, columnBytes: this.#columnBytes }), isEntryReply, failed) ??
      this.#inline.compile(request)
    );
  }

  forget(module: number): void {
    this.#thread?.post({ does: "forget", module } satisfies ToCompiler);
    this.#inline.forget(module);
  }

  #worker(): Thread | undefined {
    if (this.#thread !== undefined || !this.#canStart) return this.#thread;
    this.#thread = this.#start({
      onMessage: (message) => this.#answer(message),
      onEnd: (why) => this.#drop(`the compile worker ended: ${why}${this.#memoryText(why)}`),
    });
    this.#canStart = this.#thread !== undefined;
    return this.#thread;
  }

  get #columnBytes(): number {
    return this.#limits.memoryMb * 2 ** 20;
  }

  #memoryText(why: string): string {
    return /memory/i.test(why) ? ` (it may hold ${heapMb(this.#limits)} MiB of objects, by the option 'compileMb')` : "";
  }

  #ask<R>(
    message: (id: number) => ToCompiler,
    isReply: (reply: unknown) => reply is R,
    failed: (why: string) => R,
  ): Promise<R> | undefined {
    const thread = this.#worker();
    if (thread === undefined) return undefined;
    const id = this.#next++;
    return new Promise((resolve) => {
      const answer = (reply: unknown) => resolve(isReply(reply) ? reply : failed("the compile worker gave an answer that is none"));
      this.#pending.set(id, { answer, fail: (why) => resolve(failed(why)) });
      thread.hold(true);
      if (this.#watchdog === undefined) this.#watch();
      thread.post(message(id));
    });
  }

  /** Requests are answered in order, so the time of each starts with the answer to the one before. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = undefined;
    if (this.#pending.size === 0) return;
    const { timeMs } = this.#limits;
    const wait = this.#hasStarted ? timeMs : START_MS;
    this.#watchdog = setTimeout(() => {
      this.#thread?.kill();
      const late = `compiling took longer than ${timeMs} ms; raise the option 'compileMs' if that was meant`;
      this.#drop(this.#hasStarted ? late : `the compile worker did not start in ${START_MS} ms`);
    }, wait);
  }

  #answer(message: unknown): void {
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      this.#watch();
    }
    const { request, reply } = (typeof message === "object" && message !== null ? message : {}) as { request?: unknown; reply?: unknown };
    const pending = typeof request === "number" ? this.#pending.get(request) : undefined;
    if (pending === undefined) return;
    this.#pending.delete(request as number);
    this.#watch();
    if (this.#pending.size === 0) this.#thread?.hold(false);
    pending.answer(reply);
  }

  /** All that was asked is lost; the module of a later request is checked again by the next worker. */
  #drop(why: string): void {
    this.#thread = undefined;
    this.#hasStarted = false;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#watch();
    for (const { fail } of pending) fail(why);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isMessages = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => isObject(each) && typeof each.message === "string");

function isModuleReply(reply: unknown): reply is ModuleReply {
  if (!isObject(reply) || !isMessages(reply.messages)) return false;
  if (reply.failure !== undefined && typeof reply.failure !== "string") return false;
  const { interface: offered } = reply;
  return offered === null || (isObject(offered) && Array.isArray(offered.entryPoints) && Array.isArray(offered.overrides));
}

function isEntryReply(reply: unknown): reply is EntryReply {
  if (!isObject(reply)) return false;
  switch (reply.status) {
    case "done":
      return reply.object instanceof Uint8Array && Array.isArray(reply.workgroupSize) && isSites(reply.sites ?? []);
    case "wrong":
      return isMessages(reply.messages);
    default:
      return (reply.status === "failed" || reply.status === "unsupported") && typeof reply.message === "string";
  }
}

const isText = (value: unknown): boolean => typeof value === "string";
const isValue = (value: unknown): boolean =>
  isObject(value) && isText(value.name) && isText(value.type) && Array.isArray(value.scalars) && value.scalars.every(isText);
const isSites = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((site) => isObject(site) && isText(site.kind) && isText(site.fn) && isText(site.name) && Number.isInteger(site.offset)) &&
  value.every(({ values }) => Array.isArray(values) && values.every(isValue));
