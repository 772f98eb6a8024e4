/** What the kernel runs for one stage of a pipeline. */
import { SLOT_KIND } from "../sandbox/isa/modes.ts";
import type { Handle } from "../sandbox/kernel/door.ts";
import type { EntryReply } from "./compiler.ts";
import type { Core } from "./core.ts";
import type { ErrorFilter } from "./errors.ts";
import { listMessages } from "./shader-module.ts";

/** Why a pipeline cannot be made. */
export interface PipelineFailure {
  readonly kind: ErrorFilter;
  readonly message: string;
}
export const invalidPipeline = (message: string): PipelineFailure => ({ kind: "validation", message });

/** Kinds of slots that the kernel gives memory itself. */
const SUPPLIED: ReadonlySet<number> = new Set([SLOT_KIND.workgroup, SLOT_KIND.scratch, SLOT_KIND.constant]);

/** Unloads programs of pipelines that the script dropped. */
const dropped = new FinalizationRegistry<() => void>((unload) => unload());

export class Program {
  readonly pipeline: Core;
  /** 0 where there is none: `unrunnable` says why */
  handle: Handle = 0;
  /** why a valid pipeline has no program: its shader uses what the machine cannot do yet. A submission that uses it says so */
  unrunnable = "";
  /** what the compiler made, for messages about where a shader stopped */
  object: Uint8Array | null = null;
  /** for each slot of the program its group and binding; group -1 where the kernel supplies the memory */
  slots: readonly { readonly group: number; readonly binding: number }[] = [];

  constructor(pipeline: Core) {
    this.pipeline = pipeline;
  }

  /** Hands the object to the kernel's verifier, and keeps what the kernel says of it. @param entry its name */
  load(entry: string, reply: EntryReply): PipelineFailure | null {
    const { device } = this.pipeline;
    if (reply.status === "wrong") {
      const what = `the entry point '${entry}' cannot be used with the constants and limits of this pipeline`;
      return invalidPipeline(what + listMessages(reply.messages));
    }
    if (reply.status === "unsupported" || (reply.status === "failed" && device.options.validationOnly)) {
      this.unrunnable = reply.message;
      return null;
    }
    if (reply.status === "failed") return { kind: "internal", message: reply.message };
    const { door } = device;
    const loaded = door.loadProgram(reply.object);
    if (!loaded.ok) {
      const place = loaded.word >= 0 ? ` at word ${loaded.word}` : "";
      return { kind: "internal", message: `the compiled shader was rejected (${loaded.rule}${place}): ${loaded.message}` };
    }
    const { handle } = loaded;
    dropped.register(this, () => door.unloadProgram(handle));
    this.handle = handle;
    this.object = reply.object;
    this.slots = loaded.slots.map(({ kind, group, binding }) => ({ group: SUPPLIED.has(kind) ? -1 : group, binding }));
    return null;
  }
}
