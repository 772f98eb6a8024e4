/** Programs that do not end, and programs that end just so: what stops them, when, and who notices. */
import { SLOT_KIND } from "../../sandbox/isa/modes.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { COMMAND } from "../../sandbox/kernel/door.ts";
import { Kernel } from "../../sandbox/kernel/kernel.ts";
import type { Hooks } from "../../sandbox/machine/execute.ts";
import { CAUSE } from "../../sandbox/machine/launch.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { place } from "../sandbox/harness.ts";
import { objectOf } from "./files.ts";
import { generate } from "./generate.ts";
import { onJit } from "./on-jit.ts";
import { below, pick } from "./random.ts";

const ENOUGH = 20_000;
const ENDLESS_BODIES = [
  " loop.g\n endloop",
  " loop.w\n endloop",
  " loop.v\n endloop",
  " loop.g\n barrier workgroup\n endloop",
  " sys v0, lane\n loop.v\n  brk.if v0, 0\n endloop",
  " sys v0, lane\n if v0\n  loop.v\n   mov v1, #3\n  endloop\n end",
  " sys w0, wave\n loop.w\n  brk.if w0, 0\n endloop\n barrier workgroup",
  " loop.g\n  loop.g\n   brk 0\n  endloop\n endloop",
  " loop.g\n  call f1\n endloop",
  " call f1\n loop.v\n  call f1\n endloop",
];
/** Entry functions that never end, in workgroups of two lanes to many waves. */
const endless = (next: () => number) =>
  objectOf(
    `.workgroup ${pick(next, [2, 3, 4, 5, 17, 64])} 1 1\n.func main\n${pick(next, ENDLESS_BODIES)}\n ret\n.end\n.func f1\n mov v9, #1\n ret\n.end`,
  );
const COUNTING = objectOf(`.workgroup 4 1 1
.slot 0 storage read write min=16
.func main
  sys v0, lane
  shl v1, v0, #2
  ld.32 v2, s0[v1], N lim=12
  iadd v2, v2, #1
  st.32 v2, s0[v1], N lim=12
  ret
.end`);

interface Ended {
  readonly cause: number;
  readonly used: number;
  /** words that ran, where they are counted */
  readonly executed: number;
}

/** @returns what a program does with fuel that ends at, before and after its last charge, or never does; what is wrong with that */
export function tryFuel(next: () => number, isEndless: boolean, isJit: boolean): string[] {
  const object = isEndless ? endless(next) : encodeObject(generate(next));
  const verdict = verify(object);
  if (!verdict.ok) return [`rejected by ${verdict.rule}: ${verdict.message}`];
  const { token } = verdict;
  const noise = next();
  const jit = onJit();
  const run = (fuel: number) => runWith(token, fuel, noise, isJit ? jit : undefined);
  const whole = run(ENOUGH);
  if (isEndless && whole.cause !== CAUSE.fuel) return [`it never ends, and ended with cause ${whole.cause}`];
  const program = Token.program(token);
  const waves = Math.ceil(program.workgroupSize.reduce((a, b) => a * b) / 4);
  const stretch = Math.max(...program.functions.map((f) => f.count)) * waves;
  const wrong: string[] = [];
  for (const fuel of new Set([0, 1, Math.max(0, whole.used - 1), whole.used, whole.used + 1, below(next, whole.used + 1), ENOUGH])) {
    const { cause, used, executed } = run(fuel);
    const ends = whole.cause !== CAUSE.fuel && fuel >= whole.used;
    if (ends && (cause !== whole.cause || used !== whole.used)) wrong.push(`fuel ${fuel}: cause ${cause}, used ${used}, not as with more`);
    if (!ends && whole.cause === CAUSE.end && cause !== CAUSE.fuel) wrong.push(`fuel ${fuel} of ${whole.used}: cause ${cause}`);
    if (!ends && isEndless && cause !== CAUSE.fuel) wrong.push(`fuel ${fuel}: what never ends ended with cause ${cause}`);
    if (!(used >= 0 && used <= fuel)) wrong.push(`fuel ${fuel}: used ${used}`);
    if (executed > fuel + stretch) wrong.push(`fuel ${fuel}: ${executed} words ran, a stretch has ${stretch}`);
  }
  return wrong;
}

function runWith(token: Token, fuel: number, noise: number, jit: ReturnType<typeof onJit> | undefined): Ended {
  const program = Token.program(token);
  const slots = Object.fromEntries(
    program.slots.flatMap((s, i) => {
      const isBound = s.kind === SLOT_KIND.storage || s.kind === SLOT_KIND.uniform;
      return isBound ? [[i, { words: [noise % 5, noise, noise >>> 9], size: s.min + 8 }] as const] : [];
    }),
  );
  const placed = place(token, { slots, fuel, grid: [2, 1, 1] });
  let executed = 0;
  const count = () => {
    executed++;
  };
  const nothing = () => {};
  const hooks: Hooks = { word: count, access: nothing, barrier: nothing, workgroup: nothing };
  const outcome = jit === undefined ? runReference(token, placed.launch, { hooks }) : jit(token, placed.launch, undefined);
  return { cause: outcome.cause, used: fuel - placed.launch.fuel, executed };
}

/** One tenant runs what does not end, another counts: its count and its fuel are what they are when it is alone. @returns what is wrong */
export function tryNeighbours(next: () => number, tier: "jit" | "reference"): string[] {
  const bad = new Kernel({ tier, fuelPerSubmit: pick(next, [0, 1, 2, 500, 10_000]) });
  const good = new Kernel({ tier, fuelPerSubmit: 1000 });
  const buffer = good.createBuffer(16);
  const counting = good.loadProgram(COUNTING);
  const loaded = bad.loadProgram(endless(next));
  if (!counting.ok || !loaded.ok) return ["a program is refused"];
  const dispatch = Float64Array.of(COMMAND.dispatch, counting.handle, 1, buffer, 0, 16, 1, 1, 1);
  const wrong: string[] = [];
  const times = 1 + below(next, 3);
  const supplied = loaded.slots.flatMap(() => [0, 0, 0]);
  for (let k = 0; k < times; k++) {
    const mine = good.submit(dispatch);
    if (mine.status !== "done" || mine.fuelUsed !== 6) wrong.push(`the neighbour's submission: ${JSON.stringify(mine)}`);
    const theirs = bad.submit(
      Float64Array.of(COMMAND.dispatch, loaded.handle, loaded.slots.length, ...supplied, 1 + below(next, 65_535), 1, 1),
    );
    const isLost = theirs.status === "lost" ? theirs.trap.cause === CAUSE.fuel : k > 0 && theirs.status === "refused";
    if (!isLost) wrong.push(`what does not end: ${JSON.stringify(theirs)}`);
  }
  const bytes = good.readBuffer(buffer, 0, 16);
  const isCounted = typeof bytes !== "number" && bytes.every((byte, i) => byte === (i % 4 === 0 ? times : 0));
  if (!isCounted) wrong.push(`the neighbour's count is ${bytes}, not ${times}`);
  bad.destroy();
  good.destroy();
  return wrong;
}
