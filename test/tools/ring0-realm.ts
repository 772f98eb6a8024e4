/**
 * A process of its own whose built-ins are all replaced after ring 0 was loaded: every function and accessor that can be reached from the
 * global object, and setters and getters on prototypes for the names and elements that ring 0 uses. Each replacement counts its calls.
 * Prints what it found; ring0.test.ts judges.
 */
import { readFileSync } from "node:fs";
import { PERM, SLOT_KIND } from "../../sandbox/isa/modes.ts";
import { type AluOp, Machine } from "../../sandbox/machine/execute.ts";
import type { Launch, Region } from "../../sandbox/machine/launch.ts";
import { HandleTable } from "../../sandbox/memory/handles.ts";
import { Heap } from "../../sandbox/memory/heap.ts";
import { cut, latch } from "../../sandbox/memory/regions.ts";
import { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { deepObjects, escapes, objectOf, ruleFiles, twin } from "../campaign/files.ts";

const MAY_ACCEPT = ruleFiles().map(({ text }) => objectOf(twin(text)));
const MUST_REJECT = [...ruleFiles(), ...escapes()].map(({ text }) => objectOf(text));
const PROGRAM = readFileSync(new URL("ring0-realm.isa", import.meta.url), "utf8");

const { defineProperty, getOwnPropertyDescriptor, ownKeys, apply, construct, getPrototypeOf } = Reflect;
const parse = JSON.stringify;
const arrays = Array.prototype;
const objects = Object.prototype;
const write = process.stdout.write.bind(process.stdout);
const WeakSetNow = WeakSet;
const has = Function.prototype.call.bind(WeakSet.prototype.has) as (set: WeakSet<object>, thing: object) => boolean;
const add = Function.prototype.call.bind(WeakSet.prototype.add) as (set: WeakSet<object>, thing: object) => void;

const create = Object.create;

/** A descriptor that inherits nothing: Object.prototype will have a `get`. */
function bare(from: PropertyDescriptor): PropertyDescriptor {
  const to = create(null) as PropertyDescriptor;
  if (from.get !== undefined) to.get = from.get;
  if (from.set !== undefined) to.set = from.set;
  if (from.get === undefined && from.set === undefined) {
    to.value = from.value;
    to.writable = from.writable ?? true;
  }
  to.enumerable = from.enumerable ?? true;
  to.configurable = true;
  return to;
}
const datum = (value: unknown): PropertyDescriptor => {
  const to = create(null) as PropertyDescriptor;
  to.value = value;
  to.writable = to.enumerable = to.configurable = true;
  return to;
};

/** What ring 0's records and arguments of built-ins may lack. */
const NAMES = ["get", "set", "value", "writable", "shared", "address", "ok", "rule", "kind", "min", "then", "hooks", "-1"];
let calls = 0;
let replaced = 0;
let armed = false;
const undo: (() => void)[] = [];
let undone = 0;

/** A function that counts, and does what the old one did: a replacement that only breaks things would be found out sooner. */
function counting(old: object): unknown {
  const counted = function (this: unknown, ...args: unknown[]): unknown {
    if (armed) calls++;
    return new.target === undefined ? apply(old as () => unknown, this, args) : construct(old as () => unknown, args, new.target);
  };
  const prototype = getOwnPropertyDescriptor(old, "prototype");
  if (prototype !== undefined) counted.prototype = prototype.value;
  return counted;
}

function replace(holder: object, key: PropertyKey, descriptor: PropertyDescriptor): void {
  const now = bare(descriptor);
  if (key === "constructor" && descriptor.get === undefined) {
    const old = descriptor.value as unknown;
    delete now.value; // species: looked up on every copy of a part
    delete now.writable;
    now.get = () => {
      if (armed) calls++;
      return old;
    };
  }
  if (typeof now.value === "function") now.value = counting(now.value as object);
  if (now.get !== undefined) now.get = counting(now.get) as () => unknown;
  if (now.set !== undefined) now.set = counting(now.set) as (v: unknown) => void;
  plant(holder, key, now, descriptor);
}

function plant(holder: object, key: PropertyKey, now: PropertyDescriptor, old: PropertyDescriptor | undefined): void {
  if (!defineProperty(holder, key, bare(now))) return;
  replaced++;
  undo[undo.length] = () => {
    if (old === undefined) delete (holder as Record<PropertyKey, unknown>)[key];
    else defineProperty(holder, key, bare(old));
  };
}

/** Finds all that can be reached from the global object by names and prototypes, then replaces it. */
function replaceAll(): void {
  const found: [object, PropertyKey, PropertyDescriptor][] = [];
  const seen = new WeakSetNow<object>();
  const left: object[] = [globalThis];
  const meet = (thing: unknown) => {
    if ((typeof thing !== "object" && typeof thing !== "function") || thing === null || has(seen, thing)) return;
    add(seen, thing);
    left[left.length] = thing;
  };
  meet(getPrototypeOf([][Symbol.iterator]()));
  meet(getPrototypeOf(new Map()[Symbol.iterator]()));
  meet(getPrototypeOf((function* () {})()));
  for (let i = 0; i < left.length && i < 5000; i++) {
    const holder = left[i]!;
    meet(getPrototypeOf(holder));
    if (holder === process) continue;
    for (const key of ownKeys(holder)) {
      const descriptor = getOwnPropertyDescriptor(holder, key)!;
      if (descriptor.value !== undefined) meet(descriptor.value);
      const isCode = typeof descriptor.value === "function" || descriptor.get !== undefined || descriptor.set !== undefined;
      if (isCode && descriptor.configurable && key !== "prototype") found[found.length] = [holder, key, descriptor];
    }
  }
  const trap = (holder: object, key: PropertyKey) => {
    const setOwn = function (this: object, value: unknown) {
      if (armed) calls++;
      defineProperty(this, key, datum(value));
    };
    const getOwn = () => {
      if (armed) calls++;
      return undefined;
    };
    if (getOwnPropertyDescriptor(holder, key) === undefined)
      plant(holder, key, { get: getOwn, set: setOwn, configurable: true }, undefined);
  };
  for (let i = 0; i < found.length; i++) replace(found[i]![0], found[i]![1], found[i]![2]);
  for (let i = 0; i < 300; i++) trap(arrays, i);
  for (let i = 0; i < NAMES.length; i++) trap(objects, NAMES[i]!);
}

function restore(): void {
  for (undone = undo.length - 1; undone >= 0; undone--) undo[undone]!();
}

// Ring 0's work, once as it is and once in the changed realm. Written without built-ins, as these are counted.

const results: number[][] = [[], []];
let into = 0;
function note(value: number): void {
  const list = results[into]!;
  defineProperty(list, list.length, datum(value));
}

const bytesNow = Uint8Array;
const intsNow = Int32Array;
const DEEP = deepObjects();
const counts = { accepted: 0, rejected: 0, runs: 0 };

function verifyAll(objects: readonly Uint8Array[]): void {
  for (let i = 0; i < objects.length; i++) {
    const verdict = verify(objects[i]!);
    if (verdict.ok) counts.accepted++;
    else counts.rejected++;
    note(verdict.ok ? -2 : verdict.rule.length * 1000 + verdict.word);
    if (!verdict.ok) note(((verdict.rule as unknown as ArrayLike<string>)[2] as unknown as number) * 1);
  }
}

const mov: AluOp = (r, d, _a, _b, high) => {
  const at = d < 128 ? d * 4 : d + 384;
  for (let i = 0; i < (d < 128 ? 4 : 1); i++) r[at + i] = high;
};
const iadd: AluOp = (r, d, a, _b, high) => {
  for (let i = 0; i < 4; i++) r[d * 4 + i] = r[a * 4 + i]! + high;
};
const alu: (AluOp | undefined)[] = [];
for (let op = 0; op < 256; op++) alu[op] = undefined;
alu[0x80] = mov;
alu[0x83] = iadd;
const memory = new WebAssembly.Memory({ initial: 2 });
const view = new bytesNow(memory.buffer);
const program = objectOf(PROGRAM);

function regionsOf(): readonly Region[] {
  const at = (base: number, size: number, kind: number, permissions: number): Region => ({
    base,
    size,
    stride: 0,
    kind,
    permissions,
    generation: 0,
  });
  return [
    at(1024, 1024, SLOT_KIND.storage, PERM.read | PERM.write | PERM.atomic),
    at(4096, 256, SLOT_KIND.workgroup, PERM.read | PERM.write),
    at(8192, 128, SLOT_KIND.scratch, PERM.read | PERM.write),
  ];
}

function runAll(): void {
  for (let k = 0; k < 3; k++) {
    const verdict = verify(program);
    if (!verdict.ok) throw 1;
    const parts = Token.program(verdict.token);
    const regions = regionsOf();
    if (latch(parts, regions) !== undefined) throw 2;
    const launch: Launch = { memory, regions, save: regions[0]!, grid: [2, 2, 1], fuel: 10_000 };
    for (let i = 0; i < 2048; i++) view[i] = 0;
    const machine = new Machine(
      parts,
      launch,
      { alu, combine: (_, old, value) => old + value },
      undefined,
      k === 1,
      k === 2 ? () => 7 : undefined,
    );
    const outcome = machine.run();
    note(outcome.cause);
    note(outcome.pc);
    note(launch.fuel);
    for (let i = 1024; i < 2048; i++) note(view[i]!);
    counts.runs++;
  }
}

function nameAll(): void {
  const table = new HandleTable<object>(3, 2);
  const thing = {};
  for (let i = 0; i < 20; i++) {
    const handle = table.add(1 + (i % 3), thing);
    note(handle);
    note(table.get(handle, 1) === thing ? 1 : 0);
    if (i % 2 === 0) note(table.remove(handle, 1 + (i % 3)) === thing ? 1 : 0);
    note(table.get(handle, 1) === undefined ? 1 : 0);
  }
  const heap = new Heap({ shared: false, maxBytes: 1 << 20, guardBytes: 0 });
  for (let i = 0; i < 40; i++) {
    const base = heap.allocate(100 * i);
    note(base);
    heap.bytes[base] = 1;
    if (i % 3 !== 0) note(heap.free(base) ? 1 : 0);
    if (i % 5 === 0) heap.idle();
    note(cut({ base, size: 4096 }, 16 * i, 64, 0, 1)?.base ?? -1);
  }
  heap.release(() => true);
}

function work(): void {
  verifyAll(MAY_ACCEPT);
  verifyAll(MUST_REJECT);
  verifyAll(DEEP.accepted);
  verifyAll(DEEP.rejected);
  runAll();
  nameAll();
}

/** Uses what is replaced: this must be seen. */
function control(): number {
  const before = calls;
  const list: number[] = [];
  list.push(1);
  list[1] = 2;
  for (const each of list) calls += each * 0;
  new intsNow(4).subarray(1).set([1]);
  new Map().get(1);
  Math.max(1, 2);
  const seen = calls - before;
  calls = before;
  return seen;
}

work();
into = 1;
const before = { ...counts };
replaceAll();
armed = true;
let threw = 0;
let failure: unknown;
let seen = 0;
try {
  seen = control();
  work();
} catch (error) {
  threw = 1;
  failure = error;
}
armed = false;
restore();
let differences = threw + (results[0]!.length === results[1]!.length ? 0 : 1);
for (let i = 0; i < results[0]!.length; i++) if (results[0]![i] !== results[1]![i]) differences++;
const delta = (key: keyof typeof counts) => counts[key] - before[key];
const report = {
  differences,
  calls,
  replaced,
  control: seen,
  accepted: delta("accepted"),
  rejected: delta("rejected"),
  runs: delta("runs"),
};
write(parse({ ...report, failure: failure instanceof Error ? failure.stack : failure, facts: results[0]!.length }));
