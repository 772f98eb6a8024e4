/**
 * Random calls at the doors of two kernels, against a model: what must be refused is refused and changes nothing, what is done changes
 * exactly what the model says, nothing of an earlier life shows, and nothing that one tenant does, its loss included, is seen by the other.
 */
import { COMMAND, type Door, FAULT } from "../../sandbox/kernel/door.ts";
import { Kernel } from "../../sandbox/kernel/kernel.ts";
import { type Command, fits, MODEL_PROGRAMS, type ModelBuffer, type ModelProgram, meet, type Verdict, type Window } from "./door-model.ts";
import { objectOf } from "./files.ts";
import { below, pick, randoms } from "./random.ts";

export interface DoorTally {
  calls: number;
  submissions: number;
  refused: number;
  lost: number;
  readonly escapes: string[];
}

const FUEL = 60_000;
const HEAP_BYTES = 1 << 20;
const MAX_SIZE = 2048;
const MAX_GRID = 65_535;

interface Tenant {
  door: Door;
  readonly buffers: ModelBuffer[];
  readonly programs: { readonly handle: number; readonly model: ModelProgram }[];
  /** handles that were once good */
  readonly dead: number[];
}

/** @param calls how many to make, in all */
export function knock(seed: number, calls: number, tier: "jit" | "reference"): DoorTally {
  const visitor = new Visitor(seed, tier);
  while (visitor.tally.calls < calls && visitor.tally.escapes.length === 0) visitor.call();
  return visitor.tally;
}

class Visitor {
  readonly tally: DoorTally = { calls: 0, submissions: 0, refused: 0, lost: 0, escapes: [] };
  readonly #next: () => number;
  readonly #tier: "jit" | "reference";
  readonly #objects = MODEL_PROGRAMS.map(({ text }) => objectOf(text));
  readonly #tenants: Tenant[];

  constructor(seed: number, tier: "jit" | "reference") {
    this.#next = randoms(seed);
    this.#tier = tier;
    this.#tenants = [this.#move(), this.#move()];
  }

  #move(): Tenant {
    const door = new Kernel({ tier: this.#tier, fuelPerSubmit: FUEL, maxHeapBytes: HEAP_BYTES });
    return { door, buffers: [], programs: [], dead: [] };
  }

  #escape(what: string): void {
    this.tally.escapes.push(`call ${this.tally.calls}: ${what}`);
  }

  call(): void {
    const which = below(this.#next, 2);
    const tenant = this.#tenants[which]!;
    const other = this.#tenants[1 - which]!;
    this.tally.calls++;
    const what = below(this.#next, 16);
    if (what < 2) this.#create(tenant);
    else if (what < 3) this.#destroy(tenant, other);
    else if (what < 6) this.#write(tenant, other);
    else if (what < 7) this.#read(tenant, other);
    else if (what < 8) this.#load(tenant, other);
    else if (this.#submit(tenant, other) === "lost" || below(this.#next, 400) === 0) {
      tenant.door.destroy(); // its memory may be the next device's
      this.#tenants[which] = this.#move();
    }
    if (this.tally.calls % 64 === 0) for (const t of this.#tenants) this.#compareAll(t);
  }

  #create(tenant: Tenant): void {
    if (tenant.buffers.length > 24) return;
    const size = pick(this.#next, [0, 1, 4, 12, 16, 20, 64, 256, 1 + below(this.#next, MAX_SIZE)]);
    const handle = tenant.door.createBuffer(size);
    if (handle === FAULT.memory && tenant.buffers.length > 8) return;
    if (handle <= 0) return this.#escape(`a buffer of ${size} bytes: fault ${handle}`);
    if (tenant.dead.includes(handle) || tenant.buffers.some((b) => b.handle === handle))
      this.#escape(`handle ${handle} is given out again`);
    tenant.buffers.push({ handle, bytes: new Uint8Array(size) });
    this.#compare(tenant, tenant.buffers.at(-1)!);
    for (const bad of [-1, 2.5, 2 ** 31, Number.NaN]) if (tenant.door.createBuffer(bad) > 0) this.#escape(`a buffer of ${bad} bytes`);
  }

  #destroy(tenant: Tenant, other: Tenant): void {
    const { handle, buffer } = this.#bufferHandle(tenant, other);
    const answer = tenant.door.destroyBuffer(handle);
    if ((answer === 0) !== (buffer !== undefined)) return this.#escape(`destroyBuffer(${handle}) answers ${answer}`);
    if (buffer === undefined) return;
    tenant.buffers.splice(tenant.buffers.indexOf(buffer), 1);
    tenant.dead.push(handle);
  }

  /** A live buffer mostly; else a dead one, another tenant's, a program, or a number near one of them. */
  #bufferHandle(tenant: Tenant, other: Tenant): { handle: number; buffer: ModelBuffer | undefined } {
    if (tenant.buffers.length > 0 && below(this.#next, 30) > 0) {
      const buffer = pick(this.#next, tenant.buffers);
      return { handle: buffer.handle, buffer };
    }
    const strange = [0, -1, Number.NaN, 1.5, 2 ** 52, this.#next()];
    const handles = [...tenant.dead, ...other.buffers.map((b) => b.handle), ...tenant.programs.map((p) => p.handle), ...strange];
    const handle = pick(this.#next, handles) + pick(this.#next, [0, 0, 0, 1, 2 ** 20, 2 ** 40]);
    return { handle, buffer: tenant.buffers.find((b) => b.handle === handle) };
  }

  /** Inside mostly; else about to reach out, or strange. */
  #range(limit: number, unit: number): [offset: number, size: number] {
    const whole = (n: number) => Math.floor(n / unit) * unit;
    const offset = whole(below(this.#next, limit + 1));
    const size = whole(below(this.#next, limit - offset + 1));
    switch (below(this.#next, 80)) {
      case 0:
        return [offset, whole(limit - offset) + unit];
      case 1:
        return [offset + 1, size];
      case 2:
        return [offset, size + 2];
      case 3:
        return [pick(this.#next, [-unit, 2 ** 32, 2 ** 53, Number.NaN, 0.5]), size];
      case 4:
        return [offset, pick(this.#next, [-unit, 2 ** 32 - offset, 2 ** 53, Number.POSITIVE_INFINITY])];
      case 5:
        return [limit + unit, 0];
      default:
        return [offset, size];
    }
  }

  #write(tenant: Tenant, other: Tenant): void {
    const { handle, buffer } = this.#bufferHandle(tenant, other);
    const limit = buffer?.bytes.length ?? 64;
    const [offset, length] = this.#range(limit, 1);
    const size = Number.isInteger(length) && length >= 0 && length <= 2 * MAX_SIZE ? length : 8;
    const bytes = Uint8Array.from({ length: size }, () => (below(this.#next, 3) > 0 ? 0 : below(this.#next, 256)));
    const answer = tenant.door.writeBuffer(handle, offset, bytes);
    const isValid = buffer !== undefined && fits(offset, size, limit, 1);
    if ((answer === 0) !== isValid) return this.#escape(`writeBuffer(${handle}, ${offset}, ${size} of ${limit}) answers ${answer}`);
    if (isValid) buffer.bytes.set(bytes, offset);
  }

  #read(tenant: Tenant, other: Tenant): void {
    const { handle, buffer } = this.#bufferHandle(tenant, other);
    const limit = buffer?.bytes.length ?? 64;
    const [offset, size] = this.#range(limit, 1);
    const answer = tenant.door.readBuffer(handle, offset, size);
    const isValid = buffer !== undefined && fits(offset, size, limit, 1);
    if ((typeof answer !== "number") !== isValid) return this.#escape(`readBuffer(${handle}, ${offset}, ${size} of ${limit})`);
    if (isValid && !isSame(answer as Uint8Array, buffer.bytes.subarray(offset, offset + size)))
      this.#escape("readBuffer gives other bytes");
    const target = new Uint8Array(Number.isInteger(size) && size >= 0 && size <= 2 * MAX_SIZE ? size : 4).fill(0x77);
    const into = tenant.door.readInto(handle, offset, target);
    const fitsInto = buffer !== undefined && fits(offset, target.length, limit, 1);
    if ((into === 0) !== fitsInto) return this.#escape(`readInto(${handle}, ${offset}, ${target.length} of ${limit}) answers ${into}`);
    if (!fitsInto && target.some((byte) => byte !== 0x77)) this.#escape("a refused readInto wrote");
  }

  #load(tenant: Tenant, other: Tenant): void {
    if (tenant.programs.length > 0 && below(this.#next, 3) === 0) {
      const handles = [
        ...tenant.programs.map((p) => p.handle),
        ...tenant.buffers.map((b) => b.handle),
        ...other.programs.map((p) => p.handle),
      ];
      const handle = pick(this.#next, [...handles, ...tenant.dead, 7]);
      const at = tenant.programs.findIndex((p) => p.handle === handle);
      const answer = tenant.door.unloadProgram(handle);
      if ((answer === 0) !== at >= 0) return this.#escape(`unloadProgram(${handle}) answers ${answer}`);
      if (at >= 0) tenant.dead.push(tenant.programs.splice(at, 1)[0]!.handle);
      return;
    }
    if (tenant.programs.length > 6) return;
    const k = below(this.#next, MODEL_PROGRAMS.length);
    const object = this.#objects[k]!.slice();
    const loaded = tenant.door.loadProgram(object);
    if (!loaded.ok) return this.#escape(`a valid object is refused: ${loaded.rule} ${loaded.message}`);
    object.fill(0xff); // the caller's bytes are its own again: what runs is the kernel's copy
    if (tenant.dead.includes(loaded.handle)) this.#escape(`handle ${loaded.handle} is given out again`);
    tenant.programs.push({ handle: loaded.handle, model: MODEL_PROGRAMS[k]! });
  }

  #submit(tenant: Tenant, other: Tenant): Verdict {
    this.tally.submissions++;
    const commands = Array.from({ length: 1 + below(this.#next, 3) }, () => this.#command(tenant, other));
    const numbers = Float64Array.from(commands.flatMap((c) => c.numbers));
    const isCut = below(this.#next, 20) === 0 && commands.at(-1)!.numbers.length > 1;
    const submitted = tenant.door.submit(isCut ? numbers.subarray(0, numbers.length - 1) : numbers);
    const isRefused = isCut || commands.some((c) => !c.valid);
    const expected = isRefused ? { status: "refused", fuel: 0 } : this.#expect(commands);
    const told = JSON.stringify(submitted);
    if (submitted.status !== expected.status) this.#escape(`${expected.status} was to be, not ${told}, for ${numbers.join(" ")}`);
    if (submitted.status === "done" && submitted.fuelUsed !== expected.fuel)
      this.#escape(`fuel ${expected.fuel} was to be used, not ${told}`);
    if (submitted.status === "refused") this.tally.refused++;
    if (submitted.status !== "lost") return submitted.status;
    this.tally.lost++;
    const again = tenant.door.submit(new Float64Array(0));
    const isOver = tenant.door.createBuffer(4) === FAULT.lost && again.status === "refused" && again.fault === FAULT.lost;
    if (!isOver || tenant.door.trap === null) this.#escape("a lost device goes on");
    return "lost";
  }

  /** What valid commands do, on the model's own bytes. */
  #expect(commands: readonly Command[]): { status: Verdict; fuel: number } {
    let fuel = FUEL;
    for (const command of commands) {
      const after = command.valid ? command.run(fuel) : { fuel, ok: true };
      if (!after.ok) return { status: "lost", fuel: -1 };
      fuel = after.fuel;
    }
    return { status: "done", fuel: FUEL - fuel };
  }

  #command(tenant: Tenant, other: Tenant): Command {
    const what = below(this.#next, 28);
    if (what === 0) return { numbers: [pick(this.#next, [0, 99, Number.NaN, -1, 1.5])], valid: false };
    if (what < 6) return this.#copy(tenant, other);
    if (what < 8) return this.#clear(tenant, other);
    if (what < 10) return this.#fill(tenant, other);
    if (what < 13) return this.#copyBox(tenant, other);
    return this.#dispatch(tenant, other, what < 16);
  }

  #copy(tenant: Tenant, other: Tenant): Command {
    const from = this.#bufferHandle(tenant, other);
    const to = below(this.#next, 3) === 0 ? from : this.#bufferHandle(tenant, other);
    const [fromAt, size] = this.#range(from.buffer?.bytes.length ?? 64, 4);
    const toAt = this.#range(Math.max(0, (to.buffer?.bytes.length ?? 64) - (size > 0 && size < 2 ** 16 ? size : 0)), 4)[0];
    const numbers = [COMMAND.copy, from.handle, fromAt, to.handle, toAt, size];
    const [source, target] = [from.buffer, to.buffer];
    if (source === undefined || target === undefined) return { numbers, valid: false };
    const isInside = fits(fromAt, size, source.bytes.length, 4) && fits(toAt, size, target.bytes.length, 4);
    if (!isInside || meet({ buffer: source, offset: fromAt, size }, { buffer: target, offset: toAt, size }))
      return { numbers, valid: false };
    const run = (fuel: number) => {
      target.bytes.set(source.bytes.slice(fromAt, fromAt + size), toAt);
      return { fuel, ok: true };
    };
    return { numbers, valid: true, run };
  }

  #clear(tenant: Tenant, other: Tenant): Command {
    const { handle, buffer } = this.#bufferHandle(tenant, other);
    const [offset, size] = this.#range(buffer?.bytes.length ?? 64, 4);
    const numbers = [COMMAND.clear, handle, offset, size];
    if (buffer === undefined || !fits(offset, size, buffer.bytes.length, 4)) return { numbers, valid: false };
    const run = (fuel: number) => {
      buffer.bytes.fill(0, offset, offset + size);
      return { fuel, ok: true };
    };
    return { numbers, valid: true, run };
  }

  #fill(tenant: Tenant, other: Tenant): Command {
    const { handle, buffer } = this.#bufferHandle(tenant, other);
    const pattern = pick(this.#next, [1, 2, 3, 4, 8, 12, 16, 16, 16, below(this.#next, 20)]);
    const [offset, size] = this.#range(buffer?.bytes.length ?? 64, 1);
    const whole = below(this.#next, 8) > 0 && Number.isSafeInteger(size) ? size - (size % Math.max(1, pattern)) : size;
    const words = [this.#next(), below(this.#next, 3), this.#next(), below(this.#next, 30) === 0 ? -1 : 5];
    const numbers = [COMMAND.fill, handle, offset, whole, pattern, ...words];
    const isPattern = pattern >= 1 && pattern <= 16 && whole % pattern === 0 && words[3] !== -1;
    if (buffer === undefined || !isPattern || !fits(offset, whole, buffer.bytes.length, 1)) return { numbers, valid: false };
    const run = (fuel: number) => {
      for (let i = 0; i < whole; i++) buffer.bytes[offset + i] = words[(i % pattern) >> 2]! >>> (((i % pattern) & 3) * 8);
      return { fuel, ok: true };
    };
    return { numbers, valid: true, run };
  }

  /** A box of bytes from one buffer to another: small, so that it often fits, and now and then beyond all bounds. */
  #copyBox(tenant: Tenant, other: Tenant): Command {
    const shape = [below(this.#next, 20), below(this.#next, 5), below(this.#next, 4)] as [number, number, number];
    if (below(this.#next, 25) === 0) shape[below(this.#next, 3)] = pick(this.#next, [-1, 0.5, 2 ** 31, 2 ** 53, Number.NaN]);
    const from = this.#box(tenant, other, shape);
    const to = this.#box(tenant, other, shape);
    const numbers = [COMMAND.copyBox, ...from.numbers, ...to.numbers, ...shape];
    const [source, target] = [from.starts, to.starts];
    if (source === undefined || target === undefined) return { numbers, valid: false };
    const rowBytes = shape[0];
    // what lies between the first and the last byte counts as the box's
    const span = ({ buffer, rows }: NonNullable<typeof source>): Window => ({
      buffer,
      offset: rows[0] ?? 0,
      size: (rows.at(-1) ?? 0) + rowBytes - (rows[0] ?? 0),
    });
    if (rowBytes > 0 && source.rows.length > 0 && meet(span(source), span(target))) return { numbers, valid: false };
    const run = (fuel: number) => {
      const rows = source.rows.map((row) => source.buffer.bytes.slice(row, row + rowBytes));
      rows.forEach((bytes, i) => {
        target.buffer.bytes.set(bytes, target.rows[i]!);
      });
      return { fuel, ok: true };
    };
    return { numbers, valid: true, run };
  }

  /** One side of a box: its numbers, and where its rows start if it is inside its buffer and its rows do not meet. */
  #box(tenant: Tenant, other: Tenant, [rowBytes, rows, images]: readonly [number, number, number]) {
    const { handle, buffer } = this.#bufferHandle(tenant, other);
    const rowPitch = rowBytes + pick(this.#next, [0, 0, 1, 5, -1]);
    const imagePitch = rowPitch * Math.max(1, rows) + pick(this.#next, [0, 0, 3, 8, -20]);
    const offset = pick(this.#next, [0, 0, below(this.#next, 40), -1, 0.5, 2 ** 40].slice(0, below(this.#next, 12) === 0 ? 6 : 3));
    const numbers = [handle, offset, rowPitch, imagePitch];
    const isShape = [rowBytes, rows, images].every((n) => Number.isInteger(n) && n >= 0 && n < 2 ** 20);
    if (buffer === undefined || !isShape || !fits(offset, 0, buffer.bytes.length, 1)) return { numbers, starts: undefined };
    const starts: number[] = [];
    if (rowBytes === 0) return { numbers, starts: { buffer, rows: starts } };
    for (let image = 0; image < images; image++)
      for (let row = 0; row < rows; row++) starts.push(offset + image * imagePitch + row * rowPitch);
    const isApart = starts.every((start, i) => i === 0 || start >= starts[i - 1]! + rowBytes);
    const isInside = starts.every((start) => start + rowBytes <= buffer.bytes.length);
    return { numbers, starts: isApart && isInside ? { buffer, rows: starts } : undefined };
  }

  #dispatch(tenant: Tenant, other: Tenant, isIndirect: boolean): Command {
    const program = tenant.programs.length > 0 ? pick(this.#next, tenant.programs) : undefined;
    const strange = [...tenant.dead, ...tenant.buffers.map((b) => b.handle), ...other.programs.map((p) => p.handle), 3];
    const isStrange = program === undefined || below(this.#next, 20) === 0;
    const handle = isStrange ? pick(this.#next, strange) : program.handle;
    const model = tenant.programs.find((p) => p.handle === handle)?.model;
    const slots = model?.slots ?? [];
    const count = slots.length + (below(this.#next, 30) === 0 ? 1 : 0);
    const said = count + (below(this.#next, 30) === 0 ? pick(this.#next, [1, -1]) : 0);
    const numbers = [isIndirect ? COMMAND.dispatchIndirect : COMMAND.dispatch, handle, said];
    let isValid = model !== undefined && count === slots.length && said === count;
    const windows: (Window | undefined)[] = [];
    for (let slot = 0; slot < count; slot++) {
      const bound = this.#binding(tenant, other, slots[slot]);
      numbers.push(...bound.numbers);
      isValid &&= bound.valid;
      windows.push(bound.window);
    }
    isValid &&= !isShared(slots, windows);
    return isIndirect ? this.#indirect(tenant, other, numbers, isValid, model, windows) : this.#direct(numbers, isValid, model, windows);
  }

  #binding(tenant: Tenant, other: Tenant, slot: ModelProgram["slots"][number]): { numbers: number[]; valid: boolean; window?: Window } {
    if (slot === undefined) {
      const stray = below(this.#next, 40) === 0 && tenant.buffers.length > 0 ? tenant.buffers[0]!.handle : 0;
      return { numbers: [stray, 0, 0], valid: stray === 0 };
    }
    const { handle, buffer } = this.#bufferHandle(tenant, other);
    const limit = buffer?.bytes.length ?? 64;
    let [offset, size] = this.#range(limit, 4);
    if (below(this.#next, 4) > 0) [offset, size] = below(this.#next, 2) > 0 ? [0, limit] : [Math.floor(offset / 16) * 16, size];
    const valid = buffer !== undefined && fits(offset, size, limit, 1) && offset % 16 === 0 && size >= slot.min;
    return { numbers: [handle, offset, size], valid, ...(valid ? { window: { buffer, offset, size } } : {}) };
  }

  #direct(numbers: number[], isValid: boolean, model: ModelProgram | undefined, windows: readonly (Window | undefined)[]): Command {
    const grid = [below(this.#next, 4), below(this.#next, 3), below(this.#next, 3)];
    const odd = below(this.#next, 40);
    if (odd < 3) grid[odd] = pick(this.#next, [MAX_GRID, MAX_GRID + 1, -1, 0.5, Number.NaN, 2 ** 32]);
    const all = [...numbers, ...grid];
    const isGrid = grid.every((n) => Number.isInteger(n) && n >= 0 && n <= MAX_GRID);
    if (!isValid || model === undefined || !isGrid) return { numbers: all, valid: false };
    return { numbers: all, valid: true, run: (fuel) => runGrid(model, windows, grid, fuel) };
  }

  #indirect(
    tenant: Tenant,
    other: Tenant,
    numbers: number[],
    isValid: boolean,
    model: ModelProgram | undefined,
    windows: readonly (Window | undefined)[],
  ): Command {
    const { handle, buffer } = this.#bufferHandle(tenant, other);
    const offset = this.#range(Math.max(0, (buffer?.bytes.length ?? 64) - 12), 4)[0];
    const all = [...numbers, handle, offset];
    if (!isValid || model === undefined || buffer === undefined || !fits(offset, 12, buffer.bytes.length, 4))
      return { numbers: all, valid: false };
    const run = (fuel: number) => {
      const counts = new DataView(buffer.bytes.buffer, offset, 12);
      const grid = [0, 4, 8].map((at) => counts.getUint32(at, true));
      return grid.some((n) => n > MAX_GRID) ? { fuel, ok: true } : runGrid(model, windows, grid, fuel);
    };
    return { numbers: all, valid: true, run };
  }

  #compareAll(tenant: Tenant): void {
    for (const buffer of tenant.buffers) this.#compare(tenant, buffer);
  }

  #compare(tenant: Tenant, { handle, bytes }: ModelBuffer): void {
    const actual = tenant.door.readBuffer(handle, 0, bytes.length);
    if (typeof actual === "number") return this.#escape(`buffer ${handle} is gone: fault ${actual}`);
    if (isSame(actual, bytes)) return;
    const at = actual.findIndex((byte, i) => byte !== bytes[i]);
    this.#escape(`byte ${at} of buffer ${handle} (${bytes.length} bytes) is ${actual[at]}, not ${bytes[at]}`);
  }
}

/** A slot that is only read, bound where another writes. */
function isShared(slots: ModelProgram["slots"], windows: readonly (Window | undefined)[]): boolean {
  return slots.some((a, i) => {
    if (a === undefined || a.writes || windows[i] === undefined) return false;
    return slots.some((b, k) => b?.writes === true && windows[k] !== undefined && meet(windows[i]!, windows[k]!));
  });
}

function runGrid(model: ModelProgram, windows: readonly (Window | undefined)[], grid: readonly number[], fuel: number) {
  const workgroups = grid[0]! * grid[1]! * grid[2]!;
  if (workgroups === 0) return { fuel, ok: true };
  const cost = workgroups * model.fuel;
  if (cost > fuel) return { fuel: 0, ok: false };
  return { fuel: fuel - cost, ok: model.run(windows, grid[0]!) };
}

const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
