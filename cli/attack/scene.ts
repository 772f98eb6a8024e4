/**
 * Where a planted bug runs: two tenants, with canaries around everything that the first one has. A wall that is off is really off: the
 * verifier is not asked, the fast tier is the lean build, which believes what words prove, and the second tenant's bytes lie in the first
 * one's memory. What happened is found out by looking at bytes, before and after, twice with other canaries.
 */
import { PERM, SLOT_KIND } from "../../sandbox/isa/modes.ts";
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import { compileProgram, JitAlarm } from "../../sandbox/jit/index.ts";
import { CAUSE, type Launch, type Outcome, type Region } from "../../sandbox/machine/launch.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { MachineAlarm } from "../../sandbox/machine/wave.ts";
import { unverifiedToken } from "../../sandbox/unsafe/unverified.ts";
import type { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { FIXED, isWritable } from "./bugs.ts";

/** verifier: objects are verified. regions: accesses are checked whatever they prove. memory: each tenant has a memory of its own. */
export const WALLS = ["verifier", "regions", "memory"] as const;
export type Wall = (typeof WALLS)[number];

/** bind: regions are looked at before a launch. machine: the reference machine, or the fast tier's compiler, cannot go on. */
export const STOPS = ["verifier", "bind", "regions", "machine", "memory", "nothing"] as const;
export type Stop = (typeof STOPS)[number];

export interface Result {
  /** what stopped it; "nothing" where it ran to its end, or was stopped by fuel */
  readonly by: Stop;
  readonly how: string;
  /** bytes outside of the resources bound to it were written, or showed in what it wrote */
  readonly escapes: boolean;
  /** such bytes were another tenant's */
  readonly reaches: boolean;
}

const BAND = 4096;
const PAGES = 2;
const SAVE_BYTES = 32_768;
const NEIGHBOUR_BYTES = 1024;
const FUEL = 100_000;
/** what the shader is given as indices: some inside, some past the end, some far past it */
const INDICES: readonly number[] = [3, 16, 1100, 3500, 9, 0xffffffff, 0x40000000, 31];

// who owns a byte; 0: nobody
const [OWN, NEIGHBOUR] = [1, 2] as const;

interface Layout {
  readonly regions: readonly Region[];
  readonly save: Region;
  /** by address: whose it is, so far as the program may write it, and where the other tenant's bytes would lie */
  readonly owners: Uint8Array;
}

/** @param parts of the object that the correct compiler made: what a caller would bind for it */
function layOut(parts: ObjectParts): Layout {
  const [x, y, z] = parts.workgroupSize;
  const waves = Math.ceil((x * y * z) / 4);
  const owners = new Uint8Array(PAGES * 65_536);
  let base = BAND;
  const region = (kind: number, permissions: number, size: number): Region => {
    const made = Object.freeze({ base, size, stride: 0, kind, permissions, generation: 1 });
    if (isWritable(permissions)) owners.fill(OWN, base, base + size);
    base = Math.ceil((base + size + BAND) / 16) * 16;
    return made;
  };
  const regions = parts.slots.map(({ kind, permissions, min }, slot) => {
    const isBound = kind === SLOT_KIND.storage || kind === SLOT_KIND.uniform;
    const made = region(
      kind,
      permissions,
      kind === SLOT_KIND.scratch ? min * 4 * waves : isBound ? Math.max(min, INDICES.length * 4) : min,
    );
    if (slot === FIXED) {
      owners.fill(NEIGHBOUR, base, base + NEIGHBOUR_BYTES);
      base += NEIGHBOUR_BYTES + BAND;
    }
    return made;
  });
  return { regions, owners, save: region(-1, PERM.read | PERM.write, SAVE_BYTES) };
}

/** Bytes that a run must leave alone, and that must not show in what it writes. */
const canary = (i: number, salt: number) => (Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b)) >>> 0;

/** One run, with canaries of its own. */
class Run {
  readonly memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  /** another device's, where it has one */
  readonly other = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  readonly #layout: Layout;
  readonly #before: Uint8Array;
  readonly #isShared: boolean;
  readonly #secret: number;

  /**
   * @param isShared whether the other tenant's bytes lie in the same memory
   * @param salt says what nobody's bytes are
   * @param secret says what the other tenant's are
   */
  constructor(layout: Layout, isShared: boolean, salt: number, secret: number) {
    this.#layout = layout;
    this.#isShared = isShared;
    this.#secret = secret;
    const words = new Uint32Array(this.memory.buffer);
    words.forEach((_, i) => {
      words[i] = canary(i, isShared && layout.owners[i * 4] === NEIGHBOUR ? secret : salt);
    });
    const others = new Uint32Array(this.other.buffer);
    others.forEach((_, i) => {
      others[i] = canary(i, secret);
    });
    layout.regions.forEach(({ base, size }, slot) => {
      for (let i = 0; i < size / 4; i++) words[base / 4 + i] = slot === 0 ? INDICES[i % INDICES.length]! : 0x1000 * slot + i;
    });
    this.#before = this.#bytes().slice();
  }

  #bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  launch(): Launch {
    const { regions, save } = this.#layout;
    return { memory: this.memory, regions, save, grid: [1, 1, 1], fuel: FUEL };
  }

  /** Whether bytes changed that are no resource of this tenant, and whether any of them are the other one's. */
  changed(): { readonly outside: boolean; readonly neighbours: boolean } {
    const now = this.#bytes();
    const { owners } = this.#layout;
    let outside = false;
    let neighbours = !this.#isShared && !this.#isOtherIntact();
    for (let i = 0; i < now.length; i++) {
      if (now[i] === this.#before[i] || owners[i] === OWN) continue;
      outside = true;
      if (this.#isShared && owners[i] === NEIGHBOUR) neighbours = true;
    }
    return { outside, neighbours };
  }

  #isOtherIntact(): boolean {
    return new Uint32Array(this.other.buffer).every((word, i) => word === canary(i, this.#secret));
  }

  /** Contents of the buffers, which the caller can read back. */
  written(): string {
    const words = new Uint32Array(this.memory.buffer);
    return this.#layout.regions
      .filter((r) => r.kind === SLOT_KIND.storage)
      .map(({ base, size }) => words.slice(base / 4, (base + size) / 4).join())
      .join();
  }
}

type Execute = (token: Token, launch: Launch) => Outcome;

/**
 * @param sane parts of the correct object: the resources
 * @param control whether the bug is one of control, for the reference machine
 */
export function attack(object: Uint8Array, sane: ObjectParts, walls: ReadonlySet<Wall>, control: boolean): Result {
  const stopped = (by: Result["by"], how: string): Result => ({ by, how, escapes: false, reaches: false });
  const verdict = walls.has("verifier") ? verify(object) : undefined;
  if (verdict?.ok === false) return stopped("verifier", `${verdict.rule} at word ${verdict.word}`);
  const token = verdict?.token ?? unverifiedToken(object);
  if (token === undefined) return stopped("bind", "no object");
  const belt = walls.has("regions");
  const execute: Execute = control
    ? (t, launch) => runReference(t, launch, { belt })
    : (t, launch) => compileProgram(t, { shared: false, plainAtomics: true, belt }).run(launch);
  const layout = layOut(sane);
  const isShared = !walls.has("memory");
  const start = (salt: number, secret: number) => new Run(layout, isShared, salt, secret);
  const [run, elsewhere, secretly] = [start(1, 1), start(2, 2), start(1, 2)];
  const how = execution(execute, token, run.launch());
  execution(execute, token, elsewhere.launch());
  execution(execute, token, secretly.launch());
  const { outside, neighbours } = run.changed();
  const written = run.written();
  const reaches = neighbours || written !== secretly.written();
  return { ...how, escapes: outside || reaches || written !== elsewhere.written(), reaches };
}

/** What the machine around the program says of it. */
function execution(execute: Execute, token: Token, launch: Launch): Pick<Result, "by" | "how"> {
  try {
    const { cause, pc, slot } = execute(token, launch);
    if (cause === CAUSE.end) return { by: "nothing", how: "runs to its end" };
    if (cause === CAUSE.fuel) return { by: "nothing", how: "runs out of fuel" };
    if (cause === CAUSE.permission && pc < 0) return { by: "bind", how: `slot ${slot} does not permit it` };
    return { by: "regions", how: `trap ${cause} at word ${pc}` };
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace("alarm: ", "").replace("alarm at ", "");
    if (why.includes("memory access out of bounds")) return { by: "memory", how: "the engine: outside of the memory" };
    if (why.includes("too small") || why.includes("no region")) return { by: "bind", how: why };
    if (why.includes("proved")) return { by: "regions", how: why };
    const isAlarm = error instanceof JitAlarm || error instanceof MachineAlarm;
    return { by: "machine", how: isAlarm ? why : "the fast tier cannot compile it" };
  }
}
