/** The door of an isolated kernel whose kernel is an enemy: it writes what it likes into what both share, whenever the host waits for it. */
import { describe, expect, test } from "vitest";
import { FAULT } from "../../sandbox/kernel/door.ts";
import { RemoteDoor } from "../../webgpu/isolated/remote-door.ts";
import { makeBlock, ROOM_BYTES, send, TURN, type Waiter, Window } from "../../webgpu/isolated/window.ts";
import { IS_BYTES, IS_JSON } from "../../webgpu/isolated/wire.ts";

const CONTROL_WORDS = 4;
const [AT_TURN, AT_LENGTH, AT_MORE] = [0, 1, 2];

interface Enemy {
  readonly control: Int32Array;
  readonly room: Uint8Array;
  readonly window: Window;
}

/** A door whose calls are answered by `enemy`, in this thread, each time it waits. */
function doorTo(enemy: (each: Enemy) => void, patienceMs = 10_000) {
  const shared = makeBlock();
  const control = new Int32Array(shared, 0, CONTROL_WORDS);
  const each: Enemy = { control, room: new Uint8Array(shared, CONTROL_WORDS * 4), window: new Window(shared, TURN.kernel) };
  const seen = { ended: 0, lost: [] as string[] };
  const waiter: Waiter = (_control, _at, _value, until) => {
    enemy(each);
    return performance.now() <= until;
  };
  const door = new RemoteDoor({ window: new Window(shared, TURN.host), waiter, patienceMs, end: () => seen.ended++ });
  door.whenLost((why) => seen.lost.push(why));
  return { door, seen };
}

/** Answers with one message. */
function answer(kind: number, body: Uint8Array) {
  return ({ window }: Enemy): void => {
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint32(0, kind, true);
    send(window, [head, body], () => false, 0);
  };
}
const json = (value: unknown) => answer(IS_JSON, new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)));

const STREAM = Float64Array.from([1, 2, 3]);
const CALLS = {
  createBuffer: (door: RemoteDoor) => door.createBuffer(16),
  readInto: (door: RemoteDoor) => door.readInto(1, 0, new Uint8Array(16)),
  loadProgram: (door: RemoteDoor) => door.loadProgram(new Uint8Array(8)),
  submit: (door: RemoteDoor) => door.submit(STREAM),
  takeFindings: (door: RemoteDoor) => door.takeFindings(),
  takeHits: (door: RemoteDoor) => door.takeHits(),
};
const LOST = {
  createBuffer: FAULT.lost,
  readInto: FAULT.lost,
  loadProgram: { ok: false, rule: "FAULT", word: FAULT.lost, message: "the device is lost" },
  submit: { status: "refused", fault: FAULT.lost, command: -1, slot: -1 },
  takeFindings: [],
  takeHits: [],
};
const NAMES = Object.keys(CALLS) as (keyof typeof CALLS)[];

const NO_ANSWERS: Readonly<Record<string, (enemy: Enemy) => void>> = {
  "a piece longer than the room": ({ control }) => {
    control[AT_LENGTH!] = ROOM_BYTES + 1;
    control[AT_TURN!] = TURN.host;
  },
  "a piece of negative length": ({ control }) => {
    control[AT_LENGTH!] = -1;
    control[AT_TURN!] = TURN.host;
  },
  "empty pieces without end": ({ control }) => {
    control[AT_LENGTH!] = 0;
    control[AT_MORE!] = 1;
    control[AT_TURN!] = TURN.host;
  },
  "full pieces without end": ({ control, room }) => {
    room.fill(0, 0, 4);
    control[AT_LENGTH!] = ROOM_BYTES;
    control[AT_MORE!] = 1;
    control[AT_TURN!] = TURN.host;
  },
  "a turn that is nobody's": ({ control }) => {
    control[AT_TURN!] = 77;
  },
  "no head": ({ control }) => {
    control[AT_LENGTH!] = 3;
    control[AT_MORE!] = 0;
    control[AT_TURN!] = TURN.host;
  },
  "a kind that is none": answer(9, new Uint8Array(16)),
  "an array too short": answer(IS_BYTES, new Uint8Array(15)),
  "an array too long": answer(IS_BYTES, new Uint8Array(17)),
  "an array far too long": answer(IS_BYTES, new Uint8Array(ROOM_BYTES * 3)),
  "no JSON": json("{"),
  "JSON without end": json("[".repeat(100_000)),
  "JSON that nests": json("[".repeat(50_000) + "]".repeat(50_000)),
  nothing: json("null"),
  text: json('"done"'),
  "a fraction": json("0.5"),
  "a number that is none": json("1e999"),
  "an object of no such shape": json({ status: "finished" }),
  "a prototype": json('{"__proto__":{"status":"done","fuelUsed":1,"ok":true,"handle":1,"slots":[]}}'),
  "fields of wrong types": json({ status: "done", fuelUsed: "1", ok: true, handle: "1", slots: [] }),
  "a trap without fields": json({ status: "lost", trap: { cause: 6 } }),
  "slots that are none": json({ ok: true, handle: 1, slots: [null] }),
  "a list of what is none": json([{}]),
};

describe.each(Object.entries(NO_ANSWERS))("%s", (_name, enemy) => {
  test.each(NAMES)("as the answer to %s loses the device, once", (name) => {
    const { door, seen } = doorTo(enemy);
    expect(CALLS[name](door)).toEqual(LOST[name]);
    expect(seen).toEqual({ ended: 1, lost: ["it gave an answer that is none"] });
    for (const each of NAMES) expect(CALLS[each](door)).toEqual(LOST[each]);
    expect(seen.ended).toBe(1);
  });
});

test("no answer at all loses the device when its time is over", () => {
  const { door, seen } = doorTo(() => {}, 20);
  expect(door.createBuffer(4)).toBe(FAULT.lost);
  expect(seen).toEqual({ ended: 1, lost: ["it gave no answer for 20 ms"] });
});

test("a request in several pieces of which the second is never taken loses the device", () => {
  const { door, seen } = doorTo(() => {}, 20);
  expect(door.writeBuffer(1, 0, new Uint8Array(ROOM_BYTES * 2))).toBe(FAULT.lost);
  expect(seen.lost).toHaveLength(1);
});

test("an answer has the fields that it should, and no others", () => {
  const more = { extra: 1, toString: "x", __proto__: null };
  const { door } = doorTo(json({ status: "done", fuelUsed: 7, ...more }));
  expect(door.submit(STREAM)).toEqual({ status: "done", fuelUsed: 7 });
  const slot = { kind: 1, permissions: 1, min: 4, stride: 0, group: 0, binding: 2 };
  const loading = doorTo(json({ ok: true, handle: 5, slots: [{ ...slot, ...more }], ...more }));
  expect(loading.door.loadProgram(new Uint8Array(8))).toEqual({ ok: true, handle: 5, slots: [slot] });
});

test("what is answered after the host gave up reaches nobody", () => {
  const late: Enemy[] = [];
  const { door } = doorTo((enemy) => void late.push(enemy), 5);
  expect(door.createBuffer(4)).toBe(FAULT.lost);
  json(0)(late[0]!);
  expect(late[0]!.window.isDead).toBe(true);
  expect(door.createBuffer(4)).toBe(FAULT.lost);
});

test("destroy tells nobody: its caller knows", () => {
  const { door, seen } = doorTo(json(0));
  door.destroy();
  door.destroy();
  expect(seen).toEqual({ ended: 1, lost: [] });
  expect(door.createBuffer(4)).toBe(FAULT.lost);
});
