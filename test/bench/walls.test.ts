/** The builds that bench/walls.bench.ts compares do the same work, and the one without checks has none. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BARE, BUILDS, type Builds, loadBuilds } from "../../bench/walls/builds.ts";
import { walled } from "../../bench/walls/workloads.ts";
import { pipeline, read, run, step, storage } from "../../bench/workloads/workload.ts";
import { patched } from "../../scripts/patched.ts";

const folder = mkdtempSync(join(tmpdir(), "portcullis-walls-"));
let open: Builds;
beforeAll(async () => {
  open = await loadBuilds(folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

test("the patches that take the checks out still fit the sources", () => {
  expect(patched(BARE).size).toBeGreaterThan(5);
});

test.each(walled.map((workload) => [workload.name, workload] as const))("%s: the same results in all builds", async (_, workload) => {
  const sums = [];
  for (const name of BUILDS) {
    const { device, digest } = await open[name]();
    expect(await workload.setup(device, workload.sizes.smoke).check(), name).toBe(null);
    sums.push(digest());
    device.destroy();
  }
  expect(sums).toEqual([sums[0], sums[0], sums[0]]);
});

test("a store outside of its buffer reaches others in bare, and in no other build", async () => {
  const code = `
@group(0) @binding(0) var<storage, read_write> small: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) { small[at.x] = 0xdeadbeefu; }`;
  const reached: Record<string, boolean> = {};
  for (const name of BUILDS) {
    const { device } = await open[name]();
    const small = storage(device, new Uint32Array(64));
    const others = [1, 2, 3].map(() => storage(device, new Uint32Array(16_384)));
    run(device, [step(device, pipeline(device, code), [small], 64)]);
    const words = await Promise.all(others.map(async (other) => new Uint32Array(await read(device, other))));
    reached[name] = words.some((each) => each.some((word) => word !== 0));
    device.destroy();
  }
  expect(reached).toEqual({ lean: false, belt: false, bare: true });
});
