/** Runs one compiled entry point on buffers given as words: what `portcullis run` and the golden tests do. */

import { PERM, SLOT_KIND } from "../sandbox/isa/modes.ts";
import type { SlotInfo } from "../sandbox/isa/shapes.ts";
import { COMMAND, type Door, FAULT, type FindingRecord, type TrapRecord } from "../sandbox/kernel/door.ts";
import { Kernel } from "../sandbox/kernel/kernel.ts";
import type { Profile } from "../sandbox/machine/profile.ts";
import { type Bind, isSamePlace } from "./directives.ts";

export type Tier = "jit" | "reference" | "belt";

export interface LaunchRequest {
  readonly object: Uint8Array;
  readonly binds: readonly Bind[];
  readonly dispatch: readonly [number, number, number];
  readonly tier: Tier;
  /** code words, summed over waves */
  readonly fuel?: number;
  /** on the reference tier, with the sanitizer watching */
  readonly sanitize?: boolean;
  /** on the reference tier, which counts what it does into this */
  readonly profile?: Profile;
}

export type LaunchResult =
  | {
      readonly status: "done";
      readonly outputs: readonly Bind[];
      /** of `binds`, those that the shader does not use */
      readonly unused: readonly Bind[];
      readonly fuelUsed: number;
      readonly milliseconds: number;
      readonly findings: readonly FindingRecord[];
    }
  | { readonly status: "rejected"; readonly rule: string; readonly word: number; readonly message: string }
  | { readonly status: "trapped"; readonly trap: TrapRecord }
  /** the request does not fit the shader: a missing buffer, one too small */
  | { readonly status: "refused"; readonly message: string };

/** @returns the buffers that the shader may write, in the order of `binds`, after the dispatch */
export function launch(request: LaunchRequest): LaunchResult {
  const { tier, sanitize = false } = request;
  const kernel = new Kernel({ tier, sanitize, ...(request.fuel === undefined ? {} : { fuelPerSubmit: request.fuel }) }, request.profile);
  try {
    return launchOn(kernel, request);
  } finally {
    kernel.destroy();
  }
}

/** The same on a kernel that is there; its tier counts, not the request's. */
export function launchOn(kernel: Door, request: Omit<LaunchRequest, "tier">): LaunchResult {
  const program = kernel.loadProgram(request.object);
  if (!program.ok) return { status: "rejected", rule: program.rule, word: program.word, message: program.message };
  const handles = new Map<string, { handle: number; size: number }>();
  for (const bind of request.binds) {
    const size = bind.words.byteLength;
    const handle = kernel.createBuffer(size);
    if (handle < 0) return { status: "refused", message: `no memory for the ${size} bytes of binding ${bind.group}.${bind.binding}` };
    kernel.writeBuffer(handle, 0, new Uint8Array(bind.words.buffer, bind.words.byteOffset, size));
    handles.set(`${bind.group}.${bind.binding}`, { handle, size });
  }
  const unused = request.binds.filter((bind) => !program.slots.some((slot) => isBound(slot) && isSamePlace(slot, bind)));
  const stream: number[] = [COMMAND.dispatch, program.handle, program.slots.length];
  for (const slot of program.slots) {
    const place = `${slot.group}.${slot.binding}`;
    const bound = isBound(slot) ? handles.get(place) : { handle: 0, size: 0 };
    if (!bound) return { status: "refused", message: `the shader uses binding ${place}: give it contents with 'bind ${place} ...'` };
    if (isBound(slot) && bound.size < slot.min) {
      return { status: "refused", message: `binding ${place} has ${bound.size} bytes, the shader needs at least ${slot.min}` };
    }
    stream.push(bound.handle, 0, bound.size);
  }
  const start = performance.now();
  const submitted = kernel.submit(Float64Array.from([...stream, ...request.dispatch]));
  const milliseconds = performance.now() - start;
  if (submitted.status === "lost") return { status: "trapped", trap: submitted.trap };
  if (submitted.status === "refused")
    return { status: "refused", message: `the kernel refused the dispatch: ${faultText(submitted.fault, program.slots[submitted.slot])}` };
  const outputs = request.binds.filter((bind) => isWritten(program.slots, bind)).map((bind) => readBack(kernel, handles, bind));
  return { status: "done", outputs, unused, fuelUsed: submitted.fuelUsed, milliseconds, findings: kernel.takeFindings() };
}

const FAULT_TEXT: { readonly [F in keyof typeof FAULT]: string } = {
  lost: "the device is lost",
  memory: "its memory is full",
  handle: "a buffer is gone",
  range: "a binding reaches past its buffer",
  alignment: "a binding is not aligned",
  argument: "the command is malformed",
  minimum: "a buffer is smaller than the shader needs",
  slot: "a buffer is missing, or one too many",
  overlap: "two bindings overlap",
  grid: "there are too many workgroups",
  stage: "the entry point is no compute shader",
  unsupported: "this tier cannot run it",
};

function faultText(fault: number, slot: SlotInfo | undefined): string {
  const name = (Object.keys(FAULT) as (keyof typeof FAULT)[]).find((key) => FAULT[key] === fault);
  const what = name === undefined ? `fault ${fault}` : FAULT_TEXT[name];
  return slot && isBound(slot) ? `${what} (binding ${slot.group}.${slot.binding})` : what;
}

function isBound(slot: SlotInfo): boolean {
  return slot.kind === SLOT_KIND.storage || slot.kind === SLOT_KIND.uniform;
}

function isWritten(slots: readonly SlotInfo[], bind: Bind): boolean {
  return slots.some((s) => isBound(s) && isSamePlace(s, bind) && (s.permissions & PERM.write) !== 0);
}

function readBack(kernel: Door, handles: ReadonlyMap<string, { handle: number; size: number }>, bind: Bind): Bind {
  const { handle, size } = handles.get(`${bind.group}.${bind.binding}`)!;
  const bytes = kernel.readBuffer(handle, 0, size);
  if (typeof bytes === "number") throw new Error(`reading binding ${bind.group}.${bind.binding} back failed: fault ${bytes}`);
  return { ...bind, words: new Uint32Array(bytes.buffer, bytes.byteOffset, size >> 2) };
}
