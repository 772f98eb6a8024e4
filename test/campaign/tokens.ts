/** Tokens and handles that nobody was given: made up, copied, of another tenant, or of bytes that changed after they were checked. */
import { compileProgram } from "../../sandbox/jit/index.ts";
import { COMMAND } from "../../sandbox/kernel/door.ts";
import { Kernel } from "../../sandbox/kernel/kernel.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { place } from "../sandbox/harness.ts";
import { objectOf } from "./files.ts";
import { below, pick } from "./random.ts";

/** Writes 7 to the four words of its buffer. */
const OBJECT = objectOf(`.workgroup 4 1 1
.slot 0 storage read write min=16
.func main
  sys v0, lane
  shl v0, v0, #2
  mov v1, #7
  st.32 v1, s0[v0], N lim=12
  ret
.end`);
const GUARD = 0x5a;

function good(): Token {
  const verdict = verify(OBJECT);
  if (!verdict.ok) throw new Error(verdict.message);
  return verdict.token;
}

/** What somebody without the verifier could hold, made of what they can reach. */
const FORGERIES: readonly ((token: Token) => unknown)[] = [
  (token) => structuredClone(token),
  (token) => Object.create(Object.getPrototypeOf(token)),
  (token) => Object.create(token),
  (token) => new Proxy(token, {}),
  (token) => ({ ...token }),
  (token) => Object.assign(Object.create(Object.getPrototypeOf(token)), { program: Token.program(token) }),
  (token) => Token.program(token),
  () => Token,
  () => Token.prototype,
  () => OBJECT,
  () => null,
  () => undefined,
  () => 1,
  (token) => Reflect.construct(Token, [Symbol("mint"), Token.program(token)]),
  (token) => Reflect.construct(Object, [], Token).constructor ?? token.constructor,
  (token) => new (class extends Token {})(Symbol.for("mint") as never, Token.program(token)),
];

/** A forged token runs on neither tier. @returns what is wrong */
export function tryForgery(next: () => number): string[] {
  const token = good();
  const placed = place(token, { slots: { 0: [1, 2, 3, 4] }, fuel: 1000 });
  const before = new Uint8Array(placed.memory.buffer.slice(0));
  const which = below(next, FORGERIES.length);
  const runs = [
    (forged: Token) => runReference(forged, placed.launch),
    (forged: Token) => compileProgram(forged, { shared: false, plainAtomics: true }).run(placed.launch),
  ];
  for (const run of runs) {
    try {
      run(FORGERIES[which]!(token) as Token);
      return [`forgery ${which} runs`];
    } catch (error) {
      if (!(error instanceof TypeError)) return [`forgery ${which}: ${error}`];
    }
  }
  return Buffer.compare(before, new Uint8Array(placed.memory.buffer)) === 0 ? [] : [`forgery ${which} changed memory`];
}

/** Bytes that change after they were loaded change nothing of what runs. @returns what is wrong */
export function tryReplay(next: () => number): string[] {
  const kernel = new Kernel({ tier: pick(next, ["jit", "reference"]) });
  const object = OBJECT.slice();
  const loaded = kernel.loadProgram(object);
  const buffer = kernel.createBuffer(16);
  if (!loaded.ok) return [loaded.message];
  const edits = 1 + below(next, 40);
  for (let k = 0; k < edits; k++) object[below(next, object.length)] = next();
  if (below(next, 4) === 0) structuredClone(object, { transfer: [object.buffer] });
  const submitted = kernel.submit(Float64Array.of(COMMAND.dispatch, loaded.handle, 1, buffer, 0, 16, 1, 1, 1));
  const bytes = kernel.readBuffer(buffer, 0, 16);
  kernel.destroy();
  const isSeven = typeof bytes !== "number" && bytes.every((byte, i) => byte === (i % 4 === 0 ? 7 : 0));
  return submitted.status === "done" && isSeven ? [] : [`after an edit: ${submitted.status}, ${bytes}`];
}

/** Handles of tenants: what one kernel never gave out names nothing there, whatever it is in another. */
export class Foreigners {
  readonly #kernels = [new Kernel({ tier: "reference" }), new Kernel({ tier: "reference" })] as const;
  readonly #given = this.#kernels.map((kernel) => {
    const [a, b] = [kernel.createBuffer(16), kernel.createBuffer(32)];
    for (const handle of [a, b]) kernel.writeBuffer(handle, 0, new Uint8Array(16).fill(GUARD));
    const dead = kernel.createBuffer(16);
    kernel.destroyBuffer(dead);
    const loaded = kernel.loadProgram(OBJECT);
    if (!loaded.ok) throw new Error(loaded.message);
    return { buffers: [a, b], program: loaded.handle, dead };
  });

  /** @returns what is wrong */
  try(next: () => number): string[] {
    const which = below(next, 2);
    const [mine, theirs] = [this.#given[which]!, this.#given[1 - which]!];
    const kernel = this.#kernels[which]!;
    const made = this.#madeUp(next, [...mine.buffers, mine.program, mine.dead, ...theirs.buffers, theirs.program, theirs.dead]);
    const [program, buffer] = below(next, 2) === 0 ? [made, mine.buffers[0]!] : [mine.program, made];
    if (program === mine.program && mine.buffers.includes(buffer)) return [];
    const submitted = kernel.submit(Float64Array.of(COMMAND.dispatch, program, 1, buffer, 0, 16, 1, 1, 1));
    if (submitted.status !== "refused") return [`dispatch of ${program} on ${buffer}: ${submitted.status}`];
    if (!mine.buffers.includes(made) && kernel.writeBuffer(made, 0, Uint8Array.of(1)) === 0) return [`writeBuffer(${made})`];
    if (!mine.buffers.includes(made) && typeof kernel.readBuffer(made, 0, 4) !== "number") return [`readBuffer(${made})`];
    return [];
  }

  /** Bits of a handle changed, parts of two put together, or a number of the right size. */
  #madeUp(next: () => number, handles: readonly number[]): number {
    const handle = pick(next, handles);
    switch (below(next, 4)) {
      case 0:
        return handle;
      case 1: {
        const bit = 2 ** below(next, 52);
        return Math.floor(handle / bit) % 2 === 0 ? handle + bit : handle - bit;
      }
      case 2: {
        const at = 2 ** below(next, 52);
        return handle - (handle % at) + (pick(next, handles) % at);
      }
      default:
        return below(next, 2 ** 20) * 2 ** 32 + next();
    }
  }

  /** @returns what changed in any tenant's buffers */
  changed(): string[] {
    return this.#kernels.flatMap((kernel, i) =>
      this.#given[i]!.buffers.flatMap((handle) => {
        const bytes = kernel.readBuffer(handle, 0, 16);
        return typeof bytes !== "number" && bytes.every((byte) => byte === GUARD) ? [] : [`buffer ${handle} of tenant ${i} changed`];
      }),
    );
  }
}
