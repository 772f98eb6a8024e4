import { describe, expect, test, vi } from "vitest";
import { globals } from "../../webgpu/globals.ts";
import { errorOf, testDevice, testGpu, USAGE } from "./helpers.ts";

const bad = (device: GPUDevice, label = "") => device.createBuffer({ label, size: 4, usage: 0 });
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("error scopes", () => {
  test("the innermost scope of the right kind takes the first error", async () => {
    const device = await testDevice();
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    bad(device, "first");
    bad(device, "second");
    expect(await device.popErrorScope()).toBeNull();
    const error = await device.popErrorScope();
    expect(error).toBeInstanceOf(globals.GPUValidationError);
    expect(error?.message).toContain('"first"');
    await expect(device.popErrorScope()).rejects.toMatchObject({ name: "OperationError" });
  });

  test("promises settle in the order of their calls, not within the call", async () => {
    const device = await testDevice();
    const order: string[] = [];
    const buffer = device.createBuffer({ size: 8, usage: USAGE.MAP_READ });
    const all = [
      buffer.mapAsync(1).then(() => order.push("map")),
      device.queue.onSubmittedWorkDone().then(() => order.push("done")),
      device.popErrorScope().catch(() => order.push("pop")),
    ];
    order.push("sync");
    queueMicrotask(() => order.push("microtask"));
    await Promise.all(all);
    expect(order).toEqual(["sync", "microtask", "map", "done", "pop"]);
  });

  test("awaiting in a loop lets timers run", async () => {
    const device = await testDevice();
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 0);
    for (let i = 0; i < 10_000 && !fired; i++) await device.queue.onSubmittedWorkDone();
    expect(fired).toBe(true);
  });
});

describe("uncaptured errors", () => {
  test("fire an event; a listener that looks at the error silences the warning", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const device = await testDevice();
    const seen: string[] = [];
    device.onuncapturederror = (event) => seen.push(event.error.message);
    bad(device);
    await turn();
    expect(seen).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test("are printed once each otherwise", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const device = await testDevice();
    bad(device, "x");
    bad(device, "x");
    bad(device, "y");
    await turn();
    expect(warn.mock.calls.map(([text]) => /"(.)"/.exec(String(text))?.[1])).toEqual(["x", "y"]);
    warn.mockRestore();
  });

  test("the attribute's handler keeps its place when replaced, and loses it when removed", async () => {
    const device = await testDevice();
    const order: string[] = [];
    const listen = (name: string) => (event: Event) => {
      event.preventDefault();
      order.push(name);
    };
    device.onuncapturederror = listen("a");
    device.addEventListener("uncapturederror", listen("b"));
    device.onuncapturederror = listen("c");
    bad(device);
    await turn();
    device.onuncapturederror = null;
    device.onuncapturederror = listen("d");
    bad(device);
    await turn();
    expect(order).toEqual(["c", "b", "b", "d"]);
  });

  /** What is thrown outside of any call, while `run` runs and a little later. */
  async function thrownBy(run: () => void): Promise<Error> {
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const thrown = new Promise<Error>((resolve) => process.once("uncaughtException", resolve));
    run();
    const error = await thrown;
    for (const listener of listeners) process.on("uncaughtException", listener);
    return error;
  }

  test("throwOnError throws them, with the stack of the call", async () => {
    const device = await testDevice(undefined, { throwOnError: true });
    const error = await thrownBy(() => bad(device, "thrown"));
    expect(error.name).toBe("GPUValidationError");
    expect(error.message).toContain('"thrown"');
    expect(error.stack?.split("\n")[1]).toContain("errors.test.ts");
  });

  test("throwOnError shows the call that was wrong, not the one that reported it", async () => {
    const device = await testDevice(undefined, { throwOnError: true });
    const recordsTooMuch = (pass: GPUComputePassEncoder) => pass.dispatchWorkgroups(70_000);
    const closes = (encoder: GPUCommandEncoder) => encoder.finish();
    const error = await thrownBy(() => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      recordsTooMuch(pass);
      pass.end();
      closes(encoder);
    });
    expect(error.message).toMatch(/finish: .*dispatchWorkgroups/);
    expect(error.stack?.split("\n")[1]).toMatch(/recordsTooMuch.*errors\.test\.ts/);
    expect(error.stack).not.toContain("at closes");
  });
});

describe("loss", () => {
  test("a lost device has no errors, and its promises still settle", async () => {
    const device = await testDevice();
    device.pushErrorScope("validation");
    device.destroy();
    bad(device);
    expect(await device.popErrorScope()).toBeNull();
    expect(await device.queue.onSubmittedWorkDone()).toBeUndefined();
    const buffer = device.createBuffer({ size: 8, usage: USAGE.MAP_READ });
    await expect(buffer.mapAsync(1)).rejects.toMatchObject({ name: "AbortError" });
    expect(device.lost).toBe(device.lost);
  });

  test("an adapter makes one device", async () => {
    const adapter = await testGpu().requestAdapter();
    await expect(adapter!.requestDevice({ requiredFeatures: ["nonsense" as GPUFeatureName] })).rejects.toBeInstanceOf(TypeError);
    await expect(adapter!.requestDevice({ requiredLimits: { maxBindGroups: 1000 } })).rejects.toThrow(/at most 4; see adapter.limits/);
    await adapter!.requestDevice();
    await expect(adapter!.requestDevice()).rejects.toMatchObject({ name: "OperationError" });
  });
});

describe("conversion", () => {
  test("happens before anything else, in WebIDL's order", async () => {
    const device = await testDevice();
    const reads: string[] = [];
    const descriptor = new Proxy({ size: 4, usage: USAGE.COPY_DST, label: "x", mappedAtCreation: false } as Record<string, unknown>, {
      get(target, name) {
        reads.push(String(name));
        return target[String(name)];
      },
    });
    device.createBuffer(descriptor as unknown as GPUBufferDescriptor);
    expect(reads).toEqual(["label", "mappedAtCreation", "size", "usage"]);
  });

  test("a getter that destroys what is being used leaves an error, not a crash", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 256, usage: USAGE.UNIFORM });
    const layout = device.createBindGroupLayout({ entries: [{ binding: 0, visibility: 4, buffer: {} }] });
    const entries = [
      {
        binding: 0,
        get resource() {
          buffer.destroy();
          device.destroy();
          return { buffer };
        },
      },
    ];
    expect(await errorOf(device, () => device.createBindGroup({ layout, entries }))).toBe("");
    expect((await device.lost).reason).toBe("destroyed");
  });

  test.each([
    ["createBuffer", {}, /descriptor.size is required/],
    ["createBuffer", { size: -1, usage: 1 }, /outside the range/],
    ["createBuffer", { size: 4, usage: 1n }, /not a number/],
    ["createBuffer", 7, /not an object/],
    ["createBindGroupLayout", { entries: 5 }, /not iterable/],
    ["createBindGroupLayout", { entries: [{ binding: 0, visibility: 4, buffer: { type: "x" } }] }, /not a valid GPUBufferBindingType/],
    ["createBindGroup", { layout: {}, entries: [] }, /not a GPUBindGroupLayout/],
    ["createQuerySet", { type: "timestamp", count: 1 }, /needs the feature "timestamp-query"/],
  ])("%s(%o) is a TypeError", async (name, argument, message) => {
    const device = await testDevice();
    const call = device[name as keyof GPUDevice] as (argument: unknown) => unknown;
    expect(() => call.call(device, argument)).toThrow(message);
    expect(() => call.call(device, argument)).toThrow(TypeError);
  });

  test("interface objects cannot be made, and their methods check what they are called on", async () => {
    expect(() => new (globals.GPUBuffer as unknown as new () => unknown)()).toThrow("Illegal constructor");
    const unmap = globals.GPUBuffer.prototype.unmap;
    expect(() => unmap.call({} as never)).toThrow(TypeError);
    await expect(globals.GPUBuffer.prototype.mapAsync.call({} as never, 1)).rejects.toBeInstanceOf(TypeError);
    expect(Object.prototype.toString.call(await testDevice())).toBe("[object GPUDevice]");
  });
});
