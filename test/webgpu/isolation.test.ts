/** Devices whose kernels stand in a worker or process of their own: the same results, and an end of one that is no other's. */
import { execFile, execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseDirectives } from "../../cli/directives.ts";
import { launch, launchOn } from "../../cli/launch.ts";
import { checkShader, compileShader } from "../../webgpu/compile.ts";
import { type CreateOptions, create } from "../../webgpu/index.ts";
import { type Isolation, startIsolated } from "../../webgpu/isolated/isolate.ts";
import type { RemoteDoor } from "../../webgpu/isolated/remote-door.ts";
import { errorOf, readBack, USAGE } from "./helpers.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const ROOT = join(import.meta.dirname, "../..");
const BUFFER = USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST;
const TRIPLE = `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { o[id.x] = o[id.x] * 3u + id.x; }`;
const SPIN = `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) l: u32) {
  var x = l;
  loop {
    x = x * 3u + 1u;
    if (o[3] == 77u) { break; }
  }
  o[l] = x;
}`;

async function deviceWith(options: CreateOptions): Promise<GPUDevice> {
  return (await create(options).requestAdapter())!.requestDevice();
}

function dispatch(device: GPUDevice, code: string, buffer: GPUBuffer, groups: number): void {
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({ label: "it", layout: "auto", compute: { module } });
  const entries = [{ binding: 0, resource: { buffer } }];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(groups);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

async function triples(device: GPUDevice, count: number, seed: number): Promise<boolean> {
  const buffer = device.createBuffer({ size: count * 4, usage: BUFFER });
  device.queue.writeBuffer(
    buffer,
    0,
    Uint32Array.from({ length: count }, (_, i) => i ^ seed),
  );
  dispatch(device, TRIPLE, buffer, count / 64);
  const words = new Uint32Array((await readBack(device, buffer)).buffer);
  buffer.destroy();
  return words.length === count && words.every((word, i) => word === ((i ^ seed) * 3 + i) >>> 0);
}

/** Processes whose parent is this one. */
const children = (): number[] =>
  execFileSync("ps", ["--ppid", String(process.pid), "-o", "pid=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(process.execPath) || / node /.test(line))
    .map((line) => Number.parseInt(line, 10));

describe.each<[Isolation]>([["worker"], ["process"]])("isolation: %s", (isolation) => {
  let one: GPUDevice;
  let two: GPUDevice;
  beforeAll(async () => {
    [one, two] = await Promise.all([deviceWith({ isolation, fuel: 10_000_000 }), deviceWith({ isolation })]);
  });
  afterAll(() => {
    one.destroy();
    two.destroy();
  });

  test("results come back, whole, however many pieces they take", async () => {
    expect(await triples(one, 64, 5)).toBe(true);
    // several pieces, and no multiple of one
    expect(await triples(one, 64 * 4099 * 3, 9)).toBe(true);
  });

  test("buffers that can be mapped are mapped, and copied from", async () => {
    const source = one.createBuffer({ size: 16, usage: USAGE.COPY_SRC | USAGE.MAP_WRITE, mappedAtCreation: true });
    new Uint32Array(source.getMappedRange()).set([1, 2, 3, 4]);
    source.unmap();
    const target = one.createBuffer({ size: 32, usage: BUFFER });
    const encoder = one.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, target, 8, 16);
    encoder.clearBuffer(target, 12, 4);
    one.queue.submit([encoder.finish()]);
    expect([...new Uint32Array((await readBack(one, target)).buffer)]).toEqual([0, 0, 1, 0, 3, 4, 0, 0]);
  });

  test("errors are those of a device that is not isolated", async () => {
    const none = await deviceWith({});
    const wrong = (device: GPUDevice) =>
      errorOf(device, () => device.queue.writeBuffer(device.createBuffer({ size: 4, usage: BUFFER }), 4, new Uint32Array(4)));
    expect(await wrong(one)).toBe(await wrong(none));
  });

  test("a shader that does not end loses its own device, and says where; another's goes on", async () => {
    dispatch(one, SPIN, one.createBuffer({ size: 16, usage: BUFFER }), 1);
    const { reason, message } = await one.lost;
    expect(reason).toBe("unknown");
    expect(message).toMatch(/ran for too long.*"it", at line [567], column/);
    expect(await triples(two, 128, 3)).toBe(true);
  });

  test("destroy ends a device and leaves the other", async () => {
    const third = await deviceWith({ isolation });
    expect(await triples(third, 64, 1)).toBe(true);
    third.destroy();
    expect((await third.lost).reason).toBe("destroyed");
    expect(await triples(two, 64, 7)).toBe(true);
  });

  test("threads are its own", async () => {
    const device = await deviceWith({ isolation, threads: 2 });
    // workgroups enough to be shared, several times, while the other thread starts
    for (let i = 0; i < 3; i++) expect(await triples(device, 1 << 20, i)).toBe(true);
    device.destroy();
  });
});

test("nothing of it keeps a process alive; a device that nobody holds takes its kernel with it", () => {
  const script = `
    import { execFileSync } from "node:child_process";
    import { setTimeout } from "node:timers/promises";
    import { create } from ${JSON.stringify(join(ROOT, "webgpu/index.ts"))};
    const write = async (isolation) => {
      const device = await (await create({ isolation }).requestAdapter()).requestDevice();
      device.queue.writeBuffer(device.createBuffer({ size: 64, usage: 12 }), 0, new Uint8Array(64));
    };
    const kernels = () => execFileSync("ps", ["--ppid", String(process.pid), "-o", "args="], { encoding: "utf8" }).split(process.execPath).length - 1;
    await write("process");
    console.log("kernels", kernels());
    for (let i = 0; i < 100 && kernels() > 0; i++) {
      gc();
      await setTimeout(100);
    }
    console.log("kernels", kernels());
    await write("worker");
    await write("process");
    console.log("done");`;
  const args = ["--expose-gc", "--import", "tsx", "--input-type=module", "-e", script];
  const out = execFileSync(process.execPath, args, { cwd: ROOT, timeout: 220_000, encoding: "utf8" });
  expect(out.trim().split("\n")).toEqual(["kernels 1", "kernels 0", "done"]);
});

describe("a process that is killed", () => {
  async function deviceAndPid(): Promise<readonly [GPUDevice, number]> {
    const before = new Set(children());
    const device = await deviceWith({ isolation: "process", fuel: 2 ** 45 });
    const pid = children().find((each) => !before.has(each));
    return [device, pid ?? expect.fail("it has no process")];
  }

  test("loses its device, and no other", async () => {
    const [[device, pid], other] = await Promise.all([deviceAndPid(), deviceWith({})]);
    process.kill(pid, "SIGKILL");
    const { reason, message } = await device.lost;
    expect(reason).toBe("unknown");
    expect(message).toBe("the isolated device ended: its process ended with SIGKILL");
    const buffer = device.createBuffer({ size: 64, usage: USAGE.MAP_READ | USAGE.COPY_DST });
    await expect(buffer.mapAsync(1)).rejects.toThrow();
    expect(await triples(other, 64, 2)).toBe(true);
  });

  test("while it is at work wakes who waits for it", async () => {
    const [device, pid] = await deviceAndPid();
    execFile("sh", ["-c", `sleep 1; kill -KILL ${pid}`]);
    dispatch(device, SPIN, device.createBuffer({ size: 16, usage: BUFFER }), 1);
    expect((await device.lost).message).toMatch(/^the isolated device ended: /);
  });

  test("is not left behind by a parent that is killed", async () => {
    const script = `
      import { create } from ${JSON.stringify(join(ROOT, "webgpu/index.ts"))};
      const device = await (await create({ isolation: "process" }).requestAdapter()).requestDevice();
      console.log("started");
      setInterval(() => device, 1000);`;
    const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise((resolve) => parent.stdout.once("data", resolve));
    const kernel = () =>
      execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" })
        .split("\n")
        .map((line) => line.trim().split(/\s+/).map(Number));
    const pids = kernel()
      .filter(([, ppid]) => ppid === parent.pid)
      .map(([pid]) => pid!);
    expect(pids.length).toBeGreaterThan(0);
    parent.kill("SIGKILL");
    const alive = () => kernel().some(([pid]) => pids.includes(pid!));
    for (let i = 0; i < 100 && alive(); i++) await sleep(100);
    expect(alive()).toBe(false);
  });
});

describe("golden shaders through a kernel of its own", () => {
  let door: RemoteDoor;
  beforeAll(async () => {
    door = await startIsolated("worker", { tier: "jit", fuelPerSubmit: 20_000_000 });
  });
  afterAll(() => door.destroy());
  const folder = join(ROOT, "test/files/run");
  const files = readdirSync(folder).filter((name) =>
    /^(atomics|calls-barriers|floats|matrices|robust|structs|workgroup-s).*\.wgsl$/.test(name),
  );

  test.each(files.map((file) => [file]))("%s", (file) => {
    const source = readFileSync(join(folder, file), "utf8");
    const { binds, dispatch: grid, entry, overrides } = parseDirectives(source);
    const reply = compileShader({ shader: checkShader(source), entryPoint: entry ?? undefined, constants: overrides });
    if (reply.status !== "ok") return expect.fail(reply.status);
    const request = { object: reply.object, binds, dispatch: grid, fuel: 20_000_000 };
    const [here, there] = [launch({ ...request, tier: "jit" }), launchOn(door, request)];
    expect(here.status).toBe("done");
    expect({ ...there, milliseconds: 0 }).toEqual({ ...here, milliseconds: 0 });
  });
});
