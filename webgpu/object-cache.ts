/**
 * Compiled objects by what they were compiled from: in memory, and on disk where a directory is given. It holds objects only, which the
 * kernel verifies again; so what somebody else writes into the directory may be a wrong program, but never an unsafe one. Keep a directory
 * to one trust group all the same.
 */
import { ISA_VERSION } from "../sandbox/isa/object.ts";
import { readObject } from "../sandbox/isa/write-object.ts";
import { verify } from "../sandbox/verifier/verify.ts";
import type { Compiler, EntryReply, EntryRequest, ModuleReply, ModuleRequest } from "./compiler.ts";
import { nodeModule } from "./host.ts";

/** set by scripts/build.ts: names the compiler that is built. Sources change while one works on them, and so name each process */
declare const PORTCULLIS_BUILD: string | undefined;
const BUILD = typeof PORTCULLIS_BUILD === "string" ? PORTCULLIS_BUILD : `sources ${Date.now()} ${Math.random()}`;

const MOST_MEMORY_BYTES = 32 << 20;
/** bytes, about, of sources that were found right and of what they offer */
const MOST_CHECKED_BYTES = 8 << 20;
/** of one input, output or resource of an entry point */
const OFFER_BYTES = 200;
const MOST_FILE_BYTES = 64 << 20;
const DIGEST_BYTES = 32;

type Done = Extract<EntryReply, { status: "done" }>;

interface Crypto {
  createHash(algorithm: string): { update(data: string | Uint8Array): { digest(): Uint8Array } };
}
interface Files {
  mkdirSync(path: string, options: object): void;
  readFileSync(path: string): Uint8Array;
  statSync(path: string): { readonly size: number; isFile(): boolean };
  writeFileSync(path: string, data: Uint8Array, options: object): void;
  renameSync(from: string, to: string): void;
  rmSync(path: string, options: object): void;
}

function sha256(...parts: readonly (string | Uint8Array)[]): Uint8Array | undefined {
  const hash = nodeModule<Crypto>("crypto")?.createHash("sha256");
  if (hash === undefined) return undefined;
  let last: { digest(): Uint8Array } | undefined;
  for (const part of parts) last = hash.update(part);
  return last?.digest();
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** One file for each object: sha-256 of name and object, then the object. */
class DiskCache {
  readonly #directory: string;
  readonly #files: Files;

  constructor(directory: string, files: Files) {
    this.#directory = directory;
    this.#files = files;
  }

  /** @returns an object that the verifier accepts, or undefined: what is damaged, or not ours, counts as absent */
  get(name: string): Done | undefined {
    try {
      const path = this.#path(name);
      const { size } = this.#files.statSync(path);
      if (size <= DIGEST_BYTES || size > MOST_FILE_BYTES) return undefined;
      const bytes = new Uint8Array(this.#files.readFileSync(path));
      const object = bytes.slice(DIGEST_BYTES);
      const digest = sha256(name, object)!;
      if (!digest.every((byte, i) => byte === bytes[i]) || !verify(object).ok) return undefined;
      const read = readObject(object);
      return read.ok ? { status: "done", object, workgroupSize: read.parts.workgroupSize } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes a file of its own and renames it, so that nobody ever reads half of one. A directory that cannot be written is left alone. */
  put(name: string, object: Uint8Array): void {
    const path = this.#path(name);
    const draft = `${path}.${Math.random().toString(36).slice(2)}.draft`;
    try {
      this.#files.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      const bytes = new Uint8Array(DIGEST_BYTES + object.length);
      bytes.set(sha256(name, object)!);
      bytes.set(object, DIGEST_BYTES);
      this.#files.writeFileSync(draft, bytes, { flag: "wx", mode: 0o600 });
      this.#files.renameSync(draft, path);
    } catch {
      try {
        this.#files.rmSync(draft, { force: true });
      } catch {
        // it is not there
      }
    }
  }

  #path(name: string): string {
    return `${this.#directory}/${name}.pco`;
  }
}

/** A compiler that checks and compiles nothing twice. */
export class CachingCompiler implements Compiler {
  readonly languageFeatures: readonly string[];
  readonly #inner: Compiler;
  readonly #disk: DiskCache | undefined;
  /** in order of use: the first was used longest ago */
  readonly #kept = new Map<string, Done>();
  #keptBytes = 0;
  /** what was said of sources without messages, by features and text; in order of use */
  readonly #checked = new Map<string, { readonly reply: ModuleReply; readonly bytes: number }>();
  #checkedBytes = 0;
  /** asked for now: whoever asks for the same waits for the same */
  readonly #running = new Map<string, Promise<EntryReply>>();

  /** @param directory for objects on disk, or null */
  constructor(inner: Compiler, directory: string | null) {
    this.#inner = inner;
    this.languageFeatures = inner.languageFeatures;
    const files = nodeModule<Files>("fs");
    this.#disk = directory && files !== undefined ? new DiskCache(directory, files) : undefined;
  }

  warm(): void {
    this.#inner.warm?.();
  }

  check(request: ModuleRequest): ModuleReply | Promise<ModuleReply> {
    const key = `${request.features.join()}\n${request.source}`;
    const known = this.#checked.get(key);
    if (known !== undefined) {
      this.#checked.delete(key);
      this.#checked.set(key, known);
      return known.reply;
    }
    const reply = this.#inner.check(request);
    if (!(reply instanceof Promise)) return this.#keepChecked(key, reply);
    return reply.then((settled) => this.#keepChecked(key, settled));
  }

  compile(request: EntryRequest): EntryReply | Promise<EntryReply> {
    const key = keyOf(request);
    const found = this.#running.get(key) ?? this.#find(key);
    if (found !== undefined) return found;
    const reply = this.#inner.compile(request);
    if (!(reply instanceof Promise)) return this.#keep(key, reply);
    const kept = reply.then((settled) => {
      this.#running.delete(key);
      return this.#keep(key, settled);
    });
    this.#running.set(key, kept);
    return kept;
  }

  forget(module: number): void {
    this.#inner.forget(module);
  }

  /** Messages are not kept: a source with warnings is looked at again, so that what is kept stays small. */
  #keepChecked(key: string, reply: ModuleReply): ModuleReply {
    if (reply.interface === null || reply.messages.length > 0 || this.#checked.has(key)) return reply;
    const { entryPoints, overrides } = reply.interface;
    const parts = entryPoints.map(({ inputs, outputs, resources }) => 1 + inputs.length + outputs.length + resources.length);
    const bytes = key.length * 2 + parts.reduce((sum, count) => sum + count, overrides.length) * OFFER_BYTES;
    this.#checked.set(key, { reply, bytes });
    this.#checkedBytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#checked) {
      if (this.#checkedBytes <= MOST_CHECKED_BYTES) break;
      this.#checked.delete(oldest);
      this.#checkedBytes -= freed;
    }
    return reply;
  }

  #find(key: string): Done | undefined {
    const found = this.#kept.get(key);
    if (found !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, found);
      return found;
    }
    const read = this.#disk?.get(key);
    if (read !== undefined) this.#remember(key, read);
    return read;
  }

  #keep(key: string, reply: EntryReply): EntryReply {
    if (reply.status !== "done") return reply;
    this.#remember(key, reply);
    // a reply with more than an object is not all in the file
    if (Object.keys(reply).length === 3) this.#disk?.put(key, reply.object);
    return reply;
  }

  #remember(key: string, reply: Done): void {
    this.#kept.set(key, reply);
    this.#keptBytes += reply.object.length + key.length;
    for (const [oldest, { object }] of this.#kept) {
      if (this.#keptBytes <= MOST_MEMORY_BYTES) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= object.length + oldest.length;
    }
  }
}

/** Everything that the object depends on; its hash where the engine has one. */
function keyOf(request: EntryRequest): string {
  const text = JSON.stringify([BUILD, ISA_VERSION, { ...request, module: 0, limits: { ...request.limits } }]);
  const digest = sha256(text);
  return digest === undefined ? text : hex(digest);
}
