/** Recorded commands, and the encoders' common state. @see https://www.w3.org/TR/webgpu/#command-encoding */

import type { BindGroupCore } from "./bind-group.ts";
import type { BufferCore } from "./buffer.ts";
import { callStack } from "./call-stack.ts";
import type { ComputePipelineCore } from "./compute-pipeline.ts";
import { Core, describe } from "./core.ts";
import type { DecodedTexture } from "./decoded-texture.ts";
import type { DeviceCore } from "./device-core.ts";
import type { RenderCommand } from "./draw/commands.ts";
import type { Aspect } from "./formats.ts";
import type { QuerySetCore } from "./query-set.ts";
import type { SamplerCore } from "./sampler.ts";
import type { TextureCore } from "./texture.ts";
import type { BoxCopy } from "./texture-copy.ts";
import type { TextureViewCore } from "./texture-view.ts";

/** A stretch of memory, as a slot of a program is given it: of a buffer, of a texture's texels, or what a shader is told of a view or sampler. */
export interface MemoryRange {
  readonly of: BufferCore | TextureCore | DecodedTexture | TextureViewCore | SamplerCore;
  readonly offset: number;
  readonly size: number;
}

/** For each slot of a program its range, or null where the kernel supplies the memory, or it is the immediate data. Shared by the dispatches that bind the same. */
export type Bindings = readonly (MemoryRange | null)[];

export type Command =
  | {
      readonly does: "copy";
      readonly source: BufferCore;
      readonly sourceOffset: number;
      readonly destination: BufferCore;
      readonly destinationOffset: number;
      readonly size: number;
    }
  | { readonly does: "copyBox"; readonly box: BoxCopy }
  /** every image of a mip level from `image` on gets the texel; empty: zero */
  | {
      readonly does: "clearTexture";
      readonly texture: TextureCore;
      readonly aspect: Aspect;
      readonly level: number;
      readonly image: number;
      readonly texel: Uint8Array;
    }
  | { readonly does: "resolve"; readonly source: TextureViewCore; readonly destination: TextureViewCore }
  | RenderCommand
  | { readonly does: "timestamp"; readonly querySet: QuerySetCore; readonly index: number }
  | {
      readonly does: "resolveQueries";
      readonly querySet: QuerySetCore;
      readonly first: number;
      readonly count: number;
      readonly buffer: BufferCore;
      readonly offset: number;
    }
  | { readonly does: "clear"; readonly buffer: BufferCore; readonly offset: number; readonly size: number }
  | {
      readonly does: "dispatch";
      readonly pipeline: ComputePipelineCore;
      readonly bindings: Bindings;
      readonly immediates: Uint8Array | null;
      readonly x: number;
      readonly y: number;
      readonly z: number;
    }
  | {
      readonly does: "dispatchIndirect";
      readonly pipeline: ComputePipelineCore;
      readonly bindings: Bindings;
      readonly immediates: Uint8Array | null;
      readonly buffer: BufferCore;
      readonly offset: number;
    };

/** What the commands of a buffer or pass use: it must be usable when they are submitted. */
export class UsedResources {
  readonly groups = new Set<BindGroupCore>();
  readonly buffers = new Set<BufferCore>();
  readonly textures = new Set<TextureCore>();
  readonly querySets = new Set<QuerySetCore>();

  addAll(other: UsedResources): void {
    for (const group of other.groups) this.groups.add(group);
    for (const buffer of other.buffers) this.buffers.add(buffer);
    for (const texture of other.textures) this.textures.add(texture);
    for (const querySet of other.querySets) this.querySets.add(querySet);
  }
}

/** GPUCommandsMixin and GPUDebugCommandsMixin. */
export class EncoderCore extends Core {
  /** @see https://www.w3.org/TR/webgpu/#encoder-state */
  state: "open" | "locked" | "ended" = "open";
  /** why the encoder became invalid: what `finish` reports */
  reason: string | null = null;
  /** with the option throwOnError: the script's call that made it so */
  reasonAt: string | undefined;
  /** the pass that locks this encoder */
  openPass: EncoderCore | null = null;
  readonly commands: Command[] = [];
  readonly used = new UsedResources();
  /** labels of open debug groups */
  readonly debugGroups: string[] = [];

  /** "Validate the encoder state" for a call. */
  canRecord(what: string): boolean {
    if (this.state === "open") return true;
    if (this.state === "locked") this.invalidate(`${what}: a pass of ${describe(this)} is open; call end() on it first`);
    else this.device.invalid(`${what}: ${describe(this)} is finished and takes no more commands`);
    return false;
  }

  /** The first reason stays: later ones follow from it. @param at the call that it arose in, where it is not the running one */
  invalidate(reason: string, at?: string): void {
    this.valid = false;
    if (this.reason !== null) return;
    this.reason = reason;
    if (this.device.options.throwOnError) this.reasonAt = at ?? callStack();
  }

  /** Locks this encoder for a pass. @returns false when it was not open: the pass is invalid then */
  beginPass(pass: EncoderCore, what: string): boolean {
    if (!this.canRecord(what)) {
      pass.invalidate(`${what}: ${describe(this)} was not open`);
      return false;
    }
    this.state = "locked";
    this.openPass = pass;
    return true;
  }

  /** Ends this pass of an encoder, and opens that again. @returns false when it was not the open pass */
  endPass(parent: EncoderCore): boolean {
    if (parent.state !== "locked" || parent.openPass !== this) {
      this.device.invalid(
        `end: ${describe(this)} is ${this.state === "ended" ? "already ended" : `not the open pass of ${describe(parent)}`}`,
      );
      return false;
    }
    this.state = "ended";
    parent.state = "open";
    parent.openPass = null;
    return true;
  }

  pushDebugGroup(label: string): void {
    if (this.canRecord("pushDebugGroup")) this.debugGroups.push(label);
  }

  popDebugGroup(): void {
    if (!this.canRecord("popDebugGroup")) return;
    if (this.debugGroups.pop() === undefined) this.invalidate("popDebugGroup: no debug group is open");
  }

  insertDebugMarker(): void {
    this.canRecord("insertDebugMarker");
  }
}

/** Nothing is ever added to them. */
const NO_COMMANDS: readonly Command[] = [];
const NOTHING_USED = new UsedResources();

export class CommandBufferCore extends Core {
  commands = NO_COMMANDS;
  used = NOTHING_USED;
  submitted = false;

  constructor(device: DeviceCore, label: string) {
    super("GPUCommandBuffer", device, label);
  }
}
