/** A soak: random calls on several devices, with destroys, losses and aborted maps; every error is the one that the rules say. */
import { create } from "../../webgpu/index.ts";
import { act, type Fixtures, fixtures, loseByFuel } from "./actions.ts";
import { Random, type Report, report, surprise, Tenant } from "./world.ts";

export interface SoakOptions {
  readonly calls: number;
  readonly seed: number;
  readonly devices: number;
  /** called now and then, between calls */
  readonly onProgress?: (r: Report) => void;
}

const FUEL = 3_000_000;
/** calls of a device, on average, until it is destroyed or lost */
const LIFE = 4000;

interface Live {
  readonly tenant: Tenant;
  readonly fixtures: Fixtures;
}

export async function soak({ calls, seed, devices, onProgress }: SoakOptions): Promise<Report> {
  const r = report();
  const random = new Random(seed);
  const gpu = create({ fuel: FUEL, threads: 1, compile: "inline" });
  const onRejection = (error: unknown) => surprise(r, `unhandled rejection: ${String(error)}`);
  process.on("unhandledRejection", onRejection);
  const live: Live[] = [];
  const open = async (): Promise<Live> => {
    const device = await (await gpu.requestAdapter())!.requestDevice();
    return { tenant: new Tenant(device, r, random), fixtures: fixtures(device) };
  };
  for (let i = 0; i < devices; i++) live.push(await open());
  for (let round = 0; r.calls < calls; round++) {
    const at = random.below(live.length);
    const { tenant, fixtures: f } = live[at]!;
    for (let n = 0; n < 20; n++) act(tenant, f);
    if (tenant.busy) await tenant.settle();
    if (random.below(LIFE) < 40 || tenant.lost) {
      if (!tenant.lost) await end(tenant, f);
      live[at] = await open();
    }
    if (round % 100 === 0) onProgress?.(r);
  }
  for (const { tenant } of live) await end(tenant, null);
  // rejections that nobody handles are told a turn later
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off("unhandledRejection", onRejection);
  return r;
}

/** Destroys the device, or lets a shader lose it; a lost one takes any call and has no errors. */
async function end(tenant: Tenant, f: Fixtures | null): Promise<void> {
  const { device, random } = tenant;
  await tenant.settle();
  const byFuel = f !== null && random.chance(4);
  if (byFuel) loseByFuel(tenant, f);
  else device.destroy();
  const { reason } = await device.lost;
  if (reason !== (byFuel ? "unknown" : "destroyed")) surprise(tenant.report, `the device was lost with the reason "${reason}"`);
  tenant.lost = true;
  if (f !== null) for (let n = 0; n < 20; n++) act(tenant, f);
  await tenant.settle();
}
