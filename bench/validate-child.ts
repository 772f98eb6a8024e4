/** What `validate.bench.ts` measures, in a process of its own: answers one job and ends. Bundled before it runs, so that no loader is in the way. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { shapes } from "./validate-shapes.ts";

export interface Job {
  /** built module of `portcullis/validate` */
  readonly ours: string;
  /** entry of an installed npm `webgpu` */
  readonly peer?: string | undefined;
  readonly does:
    | { readonly kind: "cold"; readonly side: "ours" | "peer"; readonly files: readonly string[] }
    | { readonly kind: "warm"; readonly files: readonly string[]; readonly rounds: number }
    | { readonly kind: "shape"; readonly shape: string; readonly bytes: number };
}
export interface Cold {
  readonly bytes: number;
  /** CPU ms to load, and to validate */
  readonly load: number;
  readonly run: number;
}
export interface Warm {
  readonly bytes: number;
  /** CPU ms of each round, ours and the peer's */
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}
export interface Shaped {
  readonly bytes: number;
  readonly run: number;
  /** of the whole process */
  readonly peakMb: number;
  readonly diagnostics: number;
  /** characters of all messages */
  readonly said: number;
}

type Validate = (source: string) => unknown;
interface Found {
  readonly diagnostics: readonly { readonly message: string; readonly notes: readonly { readonly message: string }[] }[];
}

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function loadOurs(path: string): Promise<(source: string) => Found> {
  const { validate } = (await import(path)) as { validate: (source: string) => Found };
  return validate;
}

/** @returns a function from a source to the promise of what there is to say of it */
async function loadPeer(path: string): Promise<Validate> {
  const { create, globals } = createRequire(path)(path) as { create: (options: string[]) => GPU; globals: object };
  Object.assign(globalThis, globals);
  const gpu = create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
  const adapter = (await gpu.requestAdapter())!;
  const device = await adapter.requestDevice({ requiredFeatures: [...adapter.features] as GPUFeatureName[] });
  device.onuncapturederror = () => {};
  Object.assign(globalThis, { kept: [gpu, adapter, device] }); // its binding does not outlive them
  return (code) => device.createShaderModule({ code }).getCompilationInfo();
}

async function timed(validate: Validate, sources: readonly string[]): Promise<number> {
  const before = cpu();
  for (const source of sources) await validate(source);
  return cpu() - before;
}

async function measure({ ours, peer, does }: Job): Promise<Cold | Warm | Shaped> {
  if (does.kind === "shape") return measureShape(await loadOurs(ours), does.shape, does.bytes);
  const sources = does.files.map((file) => readFileSync(file, "utf8"));
  const bytes = sources.reduce((sum, source) => sum + source.length, 0);
  if (does.kind === "cold") {
    const before = cpu();
    const validate = await (does.side === "ours" ? loadOurs(ours) : loadPeer(peer!));
    const load = cpu() - before;
    return { bytes, load, run: await timed(validate, sources) };
  }
  const sides: Validate[] = [await loadOurs(ours)];
  if (peer !== undefined) sides.push(await loadPeer(peer));
  const times: number[][] = [[], []];
  for (let round = 0; round < does.rounds; round++) {
    for (const [i, side] of sides.entries()) times[i]!.push(await timed(side, sources));
  }
  return { bytes, ours: times[0]!, peer: times[1]! };
}

/** One source in a process that has seen a smaller one of its kind. */
function measureShape(validate: (source: string) => Found, name: string, bytes: number): Shaped {
  const { make } = shapes.find((shape) => shape.name === name)!;
  const small = make(30_000);
  for (let i = 0; i < 30; i++) validate(small);
  const source = make(bytes);
  const before = cpu();
  const { diagnostics } = validate(source);
  const run = cpu() - before;
  const said = diagnostics.reduce((sum, d) => sum + d.message.length + d.notes.reduce((all, note) => all + note.message.length, 0), 0);
  return { bytes: source.length, run, peakMb: process.resourceUsage().maxRSS / 1024, diagnostics: diagnostics.length, said };
}

process.once("message", async (job) => {
  process.send!(await measure(job as Job), () => process.exit(0));
});
