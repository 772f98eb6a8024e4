/**
 * Calls of the door as bytes. A request is a method's number, a count, so many f64 arguments, then the bytes of the one array. A reply is a
 * word that says which of two it is: the array, or JSON.
 */
import { type Door, FAULT } from "../../sandbox/kernel/door.ts";

type Call = (door: Door, numbers: readonly number[], bytes: Uint8Array<ArrayBuffer>) => unknown;

/** What each method does at the kernel's end. The order is the numbering: both ends are of one build. */
const CALLS = {
  createBuffer: (door, [size = -1]) => door.createBuffer(size),
  destroyBuffer: (door, [handle = -1]) => door.destroyBuffer(handle),
  writeBuffer: (door, [handle = -1, offset = -1], bytes) => door.writeBuffer(handle, offset, bytes),
  readBuffer: (door, [handle = -1, offset = -1, size = -1]) => door.readBuffer(handle, offset, size),
  loadProgram: (door, _, bytes) => door.loadProgram(bytes),
  unloadProgram: (door, [handle = -1]) => door.unloadProgram(handle),
  submit: (door, _, bytes) => door.submit(new Float64Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 8))),
  watch: (door, [handle = -1, offset = -1, size = -1]) => door.watch(handle, offset, size),
  unwatch: (door, [watch = -1]) => door.unwatch(watch),
  takeHits: (door) => door.takeHits(),
  takeFindings: (door) => door.takeFindings(),
} satisfies { readonly [M in keyof Door]?: Call };
export type Method = keyof typeof CALLS;
const METHODS = Object.keys(CALLS) as readonly Method[];

const HEAD_BYTES = 8;
export const REPLY_HEAD_BYTES = 4;
export const IS_JSON = 0;
export const IS_BYTES = 1;
const NOTHING = new Uint8Array(0);

/** @returns the parts of the message; an array is not copied */
export function encodeCall(method: Method, numbers: readonly number[], bytes: Uint8Array = NOTHING): Uint8Array[] {
  const head = new ArrayBuffer(HEAD_BYTES + numbers.length * 8);
  new Uint32Array(head, 0, 2).set([METHODS.indexOf(method), numbers.length]);
  new Float64Array(head, HEAD_BYTES).set(numbers);
  return [new Uint8Array(head), bytes];
}

/** Does what a request says. @param request starts its buffer. @returns the parts of the reply; total */
export function answerCall(door: Door, request: Uint8Array<ArrayBuffer>): Uint8Array[] {
  return encodeReply(call(door, request));
}

function call(door: Door, request: Uint8Array<ArrayBuffer>): unknown {
  if (request.length < HEAD_BYTES) return FAULT.argument;
  const [number = -1, count = 0] = new Uint32Array(request.buffer, 0, 2);
  const method = METHODS[number];
  const body = HEAD_BYTES + count * 8;
  if (method === undefined || body > request.length) return FAULT.argument;
  const numbers = [...new Float64Array(request.buffer, HEAD_BYTES, count)];
  const run: Call = CALLS[method];
  return run(door, numbers, request.subarray(body));
}

const utf8 = new TextEncoder();

function encodeReply(result: unknown): Uint8Array[] {
  const head = new Uint32Array(1);
  if (result instanceof Uint8Array) {
    head[0] = IS_BYTES;
    return [new Uint8Array(head.buffer), result];
  }
  head[0] = IS_JSON;
  return [new Uint8Array(head.buffer), utf8.encode(JSON.stringify(result))];
}
