/** Options of `create()`: from an object, from strings such as "tier=reference", or from environment variables such as PORTCULLIS_TIER. */
import { environment } from "./host.ts";
import { whyNotIsolated } from "./isolated/isolate.ts";
import { coreCount } from "./threads.ts";

export interface CreateOptions {
  /** what runs shaders: generated WebAssembly (default), or the slow machine that defines the meaning */
  readonly tier?: "jit" | "reference";
  /** on the reference tier, report races, accesses out of bounds and the like, as internal errors of the device */
  readonly sanitize?: boolean;
  /** on the reference tier, with what `debug(device)` offers: logs, steps, watchpoints */
  readonly debug?: boolean;
  /** an error that no scope captures is thrown, as an uncaught exception */
  readonly throwOnError?: boolean;
  /** run the compiler on a few shaders of its own, in idle turns after requestAdapter, so that the first pipeline takes less; default true */
  readonly warm?: boolean;
  /** where shaders compile: on the caller's thread (default), or in a worker that is killed when a text takes too long or too much memory */
  readonly compile?: "worker" | "inline";
  /** milliseconds that compiling one shader may take in a worker; default 30,000 */
  readonly compileMs?: number;
  /** MiB of typed columns that compiling one shader may take, and twice that of JavaScript objects in a worker; default 512 */
  readonly compileMb?: number;
  /** where the kernel of each device runs: in the caller's thread (default), in a worker of its own, or in a process of its own */
  readonly isolation?: "none" | "worker" | "process";
  /** threads that run large dispatches, the kernel's own included; default: one for each core, and 1 for isolated devices */
  readonly threads?: number;
  /** work that one submit may do, in words of machine code times waves */
  readonly fuel?: number;
  /** milliseconds that one dispatch may take: the device is lost when one takes longer; default 0, no limit */
  readonly deadlineMs?: number;
  /** directory for compiled objects, which are verified again when they are loaded; default: none */
  readonly cacheDir?: string | null;
  /**
   * Workgroups run on one thread, on the fast tier in an order that `seed` says: programs that depend on the order show it. Timestamp queries count on from
   * `clock` nanoseconds, a microsecond each. Both default to 0
   */
  readonly deterministic?: { readonly seed?: number; readonly clock?: number };
  /** advertise features that are validated but cannot run yet; for conformance runs */
  readonly validationOnly?: boolean;
}

export interface Options {
  readonly tier: "jit" | "reference";
  readonly sanitize: boolean;
  readonly debug: boolean;
  readonly throwOnError: boolean;
  readonly warm: boolean;
  readonly compile: "worker" | "inline";
  readonly compileMs: number;
  readonly compileMb: number;
  readonly isolation: "none" | "worker" | "process";
  readonly threads: number;
  readonly fuel: number;
  readonly deadlineMs: number;
  readonly cacheDir: string | null;
  readonly validationOnly: boolean;
  readonly seed: number | null;
  readonly clock: number | null;
}

/** as the kernel has it */
const MOST_THREADS = 64;

type Parse = (text: string) => unknown;
const oneOf =
  (...values: readonly string[]): Parse =>
  (text) =>
    values.includes(text) ? text : undefined;
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["", true],
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);
const flag: Parse = (text) => FLAGS.get(text);
const count: Parse = (text) => (/^[0-9]{1,15}$/.test(text) ? Number(text) : undefined);
const threadCount: Parse = (text) => {
  const threads = count(text);
  return typeof threads === "number" && threads >= 1 ? Math.min(threads, MOST_THREADS) : undefined;
};
const seed: Parse = (text) => {
  const value = count(text);
  return typeof value === "number" && value < 2 ** 32 ? value : undefined;
};
const within =
  (least: number, most: number): Parse =>
  (text) => {
    const value = count(text);
    return typeof value === "number" && value >= least && value <= most ? value : undefined;
  };
const path: Parse = (text) => text;

const PARSE: { readonly [K in keyof Options]: Parse } = {
  tier: oneOf("jit", "reference"),
  sanitize: flag,
  debug: flag,
  throwOnError: flag,
  warm: flag,
  compile: oneOf("worker", "inline"),
  compileMs: within(1, 2 ** 31 - 1),
  compileMb: within(1, 2 ** 15),
  isolation: oneOf("none", "worker", "process"),
  threads: threadCount,
  fuel: count,
  deadlineMs: count,
  cacheDir: path,
  validationOnly: flag,
  seed,
  clock: count,
};
const NAMES = Object.keys(PARSE) as readonly (keyof Options)[];

const DEFAULTS: Options = {
  tier: "jit",
  sanitize: false,
  debug: false,
  throwOnError: false,
  warm: true,
  compile: "inline",
  compileMs: 30_000,
  compileMb: 512,
  isolation: "none",
  threads: Math.min(coreCount(), MOST_THREADS),
  // half a minute or so of the fast tier: far beyond real work, short of hanging
  fuel: 2 ** 36,
  deadlineMs: 0,
  cacheDir: null,
  validationOnly: false,
  seed: null,
  clock: null,
};

/** throwOnError -> throw-on-error */
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function parseOne(name: string, text: string, from: string): [keyof Options, unknown] {
  const known = NAMES.find((each) => each === name || kebab(each) === name);
  if (known === undefined) throw new TypeError(`${from}: unknown option "${name}"; options are ${NAMES.join(", ")}`);
  const value = PARSE[known](text);
  if (value === undefined) throw new TypeError(`${from}: "${text}" is not a value of option ${known}`);
  return [known, value];
}

function fromEnvironment(): Partial<Options> {
  const env = environment();
  const found: [keyof Options, unknown][] = [];
  for (const name of NAMES) {
    const variable = `PORTCULLIS_${kebab(name).replaceAll("-", "_").toUpperCase()}`;
    const text = env[variable];
    if (text !== undefined) found.push(parseOne(name, text, variable));
  }
  return Object.fromEntries(found);
}

function fromStrings(strings: readonly unknown[]): Partial<Options> {
  return Object.fromEntries(
    strings.map((each) => {
      const [name = "", ...rest] = String(each).split("=");
      return parseOne(name, rest.join("="), "create()");
    }),
  );
}

function fromDeterministic(value: unknown): [keyof Options, unknown][] {
  if (typeof value !== "object" || value === null) throw new TypeError("create(): deterministic is an object: { seed, clock }");
  const given = Object.entries({ seed: 0, clock: 0, ...value });
  return given.map(([name, number]) => {
    if (name !== "seed" && name !== "clock") throw new TypeError(`create(): unknown option "deterministic.${name}"; it has seed and clock`);
    return parseOne(name, String(number), "create()");
  });
}

function fromObject(options: object): Partial<Options> {
  const given: [keyof Options, unknown][] = [];
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (name === "deterministic") given.push(...fromDeterministic(value));
    else given.push(value === null && name === "cacheDir" ? ["cacheDir", null] : parseOne(name, String(value), "create()"));
  }
  return Object.fromEntries(given);
}

function refuseUnsupported(options: Options): Options {
  const { isolation } = options;
  const why = isolation === "none" ? null : whyNotIsolated(isolation);
  if (why !== null) throw new TypeError(`create(): isolation=${isolation} is not possible here: ${why}`);
  return options;
}

/** What is given explicitly wins over the environment. @throws TypeError for unknown options and values */
export function resolveOptions(given: unknown): Options {
  if (given !== undefined && given !== null && typeof given !== "object") {
    throw new TypeError("create(): options are an object, or an array of strings such as 'tier=reference'");
  }
  const explicit = Array.isArray(given) ? fromStrings(given) : fromObject(given ?? {});
  const stated = { ...fromEnvironment(), ...explicit };
  const isolated = (stated.isolation ?? DEFAULTS.isolation) !== "none";
  return refuseUnsupported({ ...DEFAULTS, ...(isolated ? { threads: 1 } : {}), ...stated });
}
