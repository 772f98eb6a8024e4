/**
 * The door between the user-mode driver and the kernel: what crosses it is numbers and byte arrays, structured-cloneable, so that the
 * kernel may stand in a worker. Every method is total: whatever is passed, the answer is a result, a FAULT number or a record, never an
 * exception. One kernel is one device and one tenant.
 */
import type { SlotInfo } from "../isa/shapes.ts";
import type { Finding } from "../machine/sanitizer.ts";
import type { Hit } from "../machine/watch.ts";

/**
 * Names a buffer or a program of one device: a positive integer below 2^52 that says index, generation, tenant and kind. A handle of a
 * destroyed thing is never given out again. Handles are no secrets: one that was made up is refused or names a thing of the same device.
 */
export type Handle = number;

/** Why a call was refused: negative, so that it can stand where a handle does. 0 means done. */
export const FAULT = {
  /** the device is lost: nothing works any more */
  lost: -1,
  /** the heap, or a table, is full */
  memory: -2,
  /** no live thing of the kind asked for has this handle */
  handle: -3,
  /** offset and size reach past the buffer, or are no non-negative integers */
  range: -4,
  /** an offset or size is not a multiple of what is asked (copies and clears: 4; bindings: 16; indirect: 4) */
  alignment: -5,
  /** an argument is of the wrong type, or the command stream is malformed */
  argument: -6,
  /** a binding is smaller than its slot's minimum */
  minimum: -7,
  /** a slot that the kernel supplies was given a buffer, or one that it does not was given none */
  slot: -8,
  /** a binding without write permission overlaps a writable one, or a copy overlaps itself within one buffer */
  overlap: -9,
  /** a workgroup count is over MAX_GRID */
  grid: -10,
  /** the program's stage does not fit the command */
  stage: -11,
  /** the tier cannot run this program */
  unsupported: -12,
} as const;
export type Fault = (typeof FAULT)[keyof typeof FAULT];

export const MAX_GRID = 65_535;
/** bytes; a device's heap is one WebAssembly memory of at most this size, and buffers share it */
export const MAX_HEAP_BYTES = 65_536 * 65_536;
export const MAX_BUFFER_BYTES = 0x7fff_ff00;

/**
 * A submission is one flat Float64Array of commands, each its code and its operands. It is copied before it is read. All of it is
 * checked before any of it runs, so a refused submission changed nothing.
 * ```text
 * copy              1, source, sourceOffset, destination, destinationOffset, size
 * clear             2, buffer, offset, size
 * dispatch          3, program, n, n x binding, x, y, z
 * dispatchIndirect  4, program, n, n x binding, buffer, offset     (three u32 x, y, z; over MAX_GRID it does nothing, as WebGPU says)
 * copyBox           5, source, offset, rowPitch, imagePitch, destination, offset, rowPitch, imagePitch, rowBytes, rows, images
 * fill              6, buffer, offset, size, patternBytes, w0, w1, w2, w3     (repeats the first patternBytes, 1 to 16, of the words)
 * binding           buffer, offset, size: one for each slot of the program, in slot order; three zeros for slots the kernel supplies
 * ```
 * A box is `images` images of `rows` rows of `rowBytes` bytes; its pitches are the distances between their starts, and rows and images may
 * not overlap. Offsets and sizes of copyBox and fill are in single bytes: textures are buffers to the kernel, laid out by the driver.
 * The kernel supplies slots of kind workgroup, scratch and constant. A binding has the permissions that the slot declares.
 */
export const COMMAND = { copy: 1, clear: 2, dispatch: 3, dispatchIndirect: 4, copyBox: 5, fill: 6 } as const;

/** A tier failed: a bug of ours, not a fault of the program. */
export const CAUSE_ALARM = 16;

/** Why a launch ended early. The device is lost from then on. Numbers that mean nothing for the cause are -1. */
export interface TrapRecord {
  /** CAUSE of sandbox/machine/launch.ts: 2 bounds, 3 permission, 6 fuel, 8 killed; or CAUSE_ALARM */
  readonly cause: number;
  /** index of the command in the submission, from 0 */
  readonly command: number;
  readonly program: Handle;
  /** code word, and the function it is in */
  readonly pc: number;
  readonly fn: number;
  readonly workgroup: number;
  readonly wave: number;
  readonly lane: number;
  readonly slot: number;
  readonly offset: number;
}

export type Submitted =
  | { readonly status: "done"; readonly fuelUsed: number }
  /** nothing ran; `slot` is the binding at fault, or -1 */
  | { readonly status: "refused"; readonly fault: Fault; readonly command: number; readonly slot: number }
  /** the commands before `trap.command` are done */
  | { readonly status: "lost"; readonly trap: TrapRecord };

export type Loaded =
  /** `slots` are the verified ones: what to bind, in which order */
  | { readonly ok: true; readonly handle: Handle; readonly slots: readonly SlotInfo[] }
  /** rule is "V01" to "V32" with the code word at fault (-1 where there is none), or "FAULT" with the fault number in `word` */
  | { readonly ok: false; readonly rule: string; readonly word: number; readonly message: string };

/** What the sanitizer saw, and in which program. @see sandbox/machine/sanitizer.ts */
export interface FindingRecord extends Finding {
  readonly program: Handle;
  readonly fn: number;
}

/** An access to watched bytes, and in which program. @see sandbox/machine/watch.ts */
export interface HitRecord extends Hit {
  readonly program: Handle;
  readonly fn: number;
}

export interface Door {
  /** @returns a handle, or a FAULT. Contents are zero. Sizes are any integer from 0 to MAX_BUFFER_BYTES. */
  createBuffer(sizeBytes: number): Handle | Fault;
  /** Ends the handle at once; its memory is used again only when idle and zeroed. @returns 0 or a FAULT */
  destroyBuffer(handle: Handle): number;
  /** Copies bytes in. @returns 0 or a FAULT */
  writeBuffer(handle: Handle, offset: number, bytes: Uint8Array): number;
  /** @returns a fresh copy, or a FAULT */
  readBuffer(handle: Handle, offset: number, size: number): Uint8Array | Fault;
  /** Copies as many bytes as `target` has into it: for callers that keep their memory. @returns 0 or a FAULT */
  readInto(handle: Handle, offset: number, target: Uint8Array): number;
  /** Copies, verifies and keeps an object (`.pco`). */
  loadProgram(object: Uint8Array): Loaded;
  /** @returns 0 or a FAULT */
  unloadProgram(handle: Handle): number;
  /** Runs to the end before it returns. */
  submit(stream: Float64Array): Submitted;
  /** Gives all memory back; every later call answers FAULT.lost. */
  destroy(): void;
  /** Watches bytes of a buffer, in a kernel made for it. @returns what the hits name it by, or a FAULT */
  watch(handle: Handle, offset: number, size: number): number;
  /** @returns 0 or a FAULT */
  unwatch(watch: number): number;
  /** Accesses to watched bytes since this was asked last. */
  takeHits(): readonly HitRecord[];
  /** What the sanitizer has seen since this was asked last; nothing where there is none. */
  takeFindings(): readonly FindingRecord[];
  /** the trap that lost the device, or null */
  readonly trap: TrapRecord | null;
}

export interface KernelOptions {
  /** run on the reference tier, whichever is asked for, so that bytes can be watched: `watch` */
  readonly watch?: boolean;
  /** run on the reference tier, whichever is asked for, and watch: `takeFindings` */
  readonly sanitize?: boolean;
  /** belt: the jit, with what has been proved checked again */
  readonly tier: "jit" | "reference" | "belt";
  /** one memory that several threads may run on; default: when there is more than one */
  readonly shared?: boolean;
  /** threads that run a large dispatch, this one included; default 1. Fewer where threads cannot share memory */
  readonly threads?: number;
  /** milliseconds that a dispatch may take: one that takes longer is killed; default 0, no limit */
  readonly deadlineMs?: number;
  /** workgroups run on one thread, in an order that this integer below 2^32 says; default: in ascending order, or several at a time */
  readonly seed?: number;
  /** code words times waves that one submit may run; default 2^40 */
  readonly fuelPerSubmit?: number;
  /** most bytes the heap may grow to; default MAX_HEAP_BYTES */
  readonly maxHeapBytes?: number;
  /** unused bytes around each allocation, a multiple of 16; default 0 */
  readonly guardBytes?: number;
}
