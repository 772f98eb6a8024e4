/** Sequences are read as WebIDL says: by the iterator that the value has then, which the script may have replaced. */
import { expect, test } from "vitest";
import { testDevice } from "./helpers.ts";

const device = await testDevice();
const entry = (binding: number): GPUBindGroupLayoutEntry => ({ binding, visibility: 4, buffer: {} });
/** Which bindings a layout of these entries has, from what a group with none of them is told. */
async function bindings(entries: Iterable<GPUBindGroupLayoutEntry>): Promise<string> {
  const layout = device.createBindGroupLayout({ entries: entries as GPUBindGroupLayoutEntry[] }); // the types know arrays only
  device.pushErrorScope("validation");
  device.createBindGroup({ layout, entries: [] });
  return /has the bindings ([^b]*), but/.exec((await device.popErrorScope())?.message ?? "")?.[1] ?? "";
}

test("an array, with what its conversion adds to it", async () => {
  expect(await bindings([entry(0), entry(1)])).toBe("0, 1");
  const growing = [entry(0)];
  const get = () => {
    if (growing.length < 2) growing.push(entry(7));
    return 3;
  };
  Object.defineProperty(growing[0], "binding", { get });
  expect(await bindings(growing)).toBe("3, 7");
});

test("an iterator of its own, a set, and a hole", async () => {
  const own = [entry(0)];
  own[Symbol.iterator] = [entry(4), entry(5)].values.bind([entry(4), entry(5)]);
  expect(await bindings(own)).toBe("4, 5");
  expect(await bindings(new Set([entry(6)]))).toBe("6");
  const hole = [entry(0)];
  hole.length = 2;
  expect(() => device.createBindGroupLayout({ entries: hole })).toThrow("entries[1].binding is required");
});

test("a replaced iterator of all arrays", async () => {
  const iterator = Object.getPrototypeOf([][Symbol.iterator]()) as { next: () => IteratorResult<unknown> };
  const { next } = iterator;
  let calls = 0;
  iterator.next = function () {
    calls++;
    return Reflect.apply(next, this, []);
  };
  try {
    device.createBindGroupLayout({ entries: [entry(0)] });
  } finally {
    iterator.next = next;
  }
  expect(calls).toBeGreaterThanOrEqual(2);
});
