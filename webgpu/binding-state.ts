/**
 * The bind groups set in a pass, and what a pipeline makes of them. Checked once for many dispatches: only a change of pipeline or group
 * makes the next dispatch look again.
 * @see https://www.w3.org/TR/webgpu/#programmable-passes
 */
import { INFO_BINDING } from "../support/hidden-bindings.ts";
import type { BindGroupCore, BoundBuffer } from "./bind-group.ts";
import { groupEquivalent } from "./bind-group-layout.ts";
import type { BufferCore } from "./buffer.ts";
import type { Bindings, MemoryRange } from "./commands.ts";
import { describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { type ImmediateData, Immediates } from "./immediates.ts";
import type { BoundPipeline } from "./pipeline-base.ts";
import type { Program } from "./program.ts";
import { SAMPLER_BYTES } from "./sampler.ts";
import { INFO_BYTES, texelRange } from "./texture-info.ts";
import type { TextureViewCore } from "./texture-view.ts";
import { rangesOverlap, UsageScope } from "./usage-scope.ts";

interface BoundGroup {
  readonly group: BindGroupCore;
  readonly offsets: readonly number[];
}

interface BufferRange {
  readonly buffer: BufferCore;
  readonly offset: number;
  readonly size: number;
}

const NO_OFFSETS: readonly number[] = [];

function rangeOf(bound: BoundBuffer, offsets: readonly number[]): BufferRange {
  if (bound.dynamicIndex < 0) return bound;
  const offset = bound.offset + offsets[bound.dynamicIndex]!;
  const size = bound.sized ? bound.size : Math.max(0, bound.buffer.size - offset);
  return { buffer: bound.buffer, offset, size };
}

const overlap = (a: BufferRange, b: BufferRange): boolean =>
  a.buffer === b.buffer && a.offset < b.offset + b.size && b.offset < a.offset + a.size;

export class BindingState<P extends BoundPipeline> {
  readonly #device: DeviceCore;
  readonly #groups: (BoundGroup | undefined)[] = [];
  #pipeline: P | null = null;
  #immediates: Immediates | null = null;
  /** what the last check found wrong: null for nothing, undefined when something changed since */
  #wrong: string | null | undefined = undefined;
  /** what the slots of a program are given; null when something changed since */
  #bindings: Bindings | null = null;
  /** the same for each program of a draw */
  readonly #memory = new Map<Program, Bindings>();

  constructor(device: DeviceCore) {
    this.#device = device;
  }

  get pipeline(): P | null {
    return this.#pipeline;
  }

  setPipeline(pipeline: P): void {
    if (pipeline !== this.#pipeline) this.#changed();
    this.#pipeline = pipeline;
  }

  /** @returns what is wrong, or null */
  setGroup(index: number, group: BindGroupCore | null, offsets: readonly number[] = NO_OFFSETS): string | null {
    const { maxBindGroups } = this.#device.limits;
    if (index >= maxBindGroups) return `the index ${index} is not below the limit maxBindGroups of ${maxBindGroups}`;
    const wrong =
      group === null ? (offsets.length > 0 ? "dynamic offsets are given without a bind group" : null) : this.#wrongGroup(group, offsets);
    if (wrong !== null) return wrong;
    const old = this.#groups[index];
    if (old?.group === group && offsets.length === 0) return null;
    this.#groups[index] = group === null ? undefined : { group, offsets };
    this.#changed();
    return null;
  }

  #changed(): void {
    this.#wrong = undefined;
    this.#bindings = null;
    this.#memory.clear();
  }

  /** @returns what is wrong, or null */
  setImmediates(data: ImmediateData): string | null {
    this.#wrong = undefined;
    this.#immediates ??= new Immediates(this.#device);
    return this.#immediates.set(data);
  }

  /** Immediate data for a dispatch that has passed `bind`; null where the pipeline has none. */
  immediates(): Uint8Array | null {
    return this.#immediates !== null && this.#pipeline !== null && this.#pipeline.immediateSlots.length > 0
      ? this.#immediates.current()
      : null;
  }

  /** Forgets everything. */
  clear(): void {
    this.#immediates = null;
    this.#groups.length = 0;
    this.#pipeline = null;
    this.#changed();
  }

  /** One more than the highest index with a group. */
  get groupCount(): number {
    return this.#groups.findLastIndex((group) => group !== undefined) + 1;
  }

  #wrongGroup(group: BindGroupCore, offsets: readonly number[]): string | null {
    const why = unusable(group, this.#device);
    if (why !== null) return why;
    if (offsets.length !== group.dynamicOffsetCount) {
      return `${describe(group)} has ${group.dynamicOffsetCount} bindings with dynamic offset, but ${offsets.length} ${offsets.length === 1 ? "offset is" : "offsets are"} given`;
    }
    if (offsets.length === 0) return null;
    for (const bound of group.buffers) {
      const offset = offsets[bound.dynamicIndex];
      const wrong = offset === undefined ? null : this.#wrongOffset(bound, offset);
      if (wrong !== null) return `dynamic offset ${bound.dynamicIndex}, for binding ${bound.binding}: ${wrong}`;
    }
    return null;
  }

  #wrongOffset(bound: BoundBuffer, dynamic: number): string | null {
    const align = bound.uniform ? "minUniformBufferOffsetAlignment" : "minStorageBufferOffsetAlignment";
    const multiple = this.#device.limits[align];
    if (dynamic % multiple !== 0) return `${dynamic} is not a multiple of ${align}, ${multiple}`;
    const least = bound.sized ? bound.size : bound.minBindingSize;
    const end = bound.offset + dynamic + least;
    return end > bound.buffer.size
      ? `the range would end at ${end}, past the end of ${describe(bound.buffer)} at ${bound.buffer.size}`
      : null;
  }

  /**
   * What a dispatch with the current state binds, or why there can be none. A dispatch is a usage scope of its own.
   * @param slots of the pipeline's program
   * @param indirect buffer that holds the arguments of the dispatch, or null
   */
  bind(slots: readonly { readonly group: number; readonly binding: number }[], indirect: BufferCore | null): Bindings | string {
    const wrong = this.check() ?? this.#wrongUsage(indirect);
    if (wrong !== null) return wrong;
    this.#bindings ??= slots.map(({ group, binding }) => (group < 0 ? null : this.#memoryAt(group, binding)));
    return this.#bindings;
  }

  /** What the slots of one of the pipeline's programs are given, for a draw that has passed `check`. */
  memoryOf(program: Program): Bindings {
    let bindings = this.#memory.get(program);
    if (bindings === undefined) {
      bindings = program.slots.map(({ group, binding }) => (group < 0 ? null : this.#memoryAt(group, binding)));
      this.#memory.set(program, bindings);
    }
    return bindings;
  }

  /** What is wrong with the groups for the pipeline, or null. @see https://www.w3.org/TR/webgpu/#abstract-opdef-validate-encoder-bind-groups */
  check(): string | null {
    if (this.#wrong !== undefined) return this.#wrong;
    const pipeline = this.#pipeline;
    this.#wrong =
      pipeline === null
        ? "no pipeline is set; call setPipeline() first"
        : (this.#wrongLayouts(pipeline) ??
          this.#wrongImmediates(pipeline) ??
          this.#wrongSizes(pipeline) ??
          this.#wrongAliases() ??
          this.#wrongForCompatibility());
    return this.#wrong;
  }

  #wrongLayouts(pipeline: P): string | null {
    for (const [index, layout] of pipeline.groups.entries()) {
      if (layout === null) continue;
      const bound = this.#groups[index];
      if (bound === undefined)
        return `${describe(pipeline)} uses bind group ${index}, but none is set; call setBindGroup(${index}, …) first`;
      if (groupEquivalent(bound.group.layout, layout)) continue;
      const exclusive = bound.group.layout.exclusivePipeline ?? layout.exclusivePipeline;
      const hint = exclusive
        ? `: a bind group made with the default layout of ${describe(exclusive)} fits that pipeline only`
        : ": their entries differ";
      return `${describe(bound.group)}, set at ${index}, does not fit the layout of ${describe(pipeline)}${hint}`;
    }
    return null;
  }

  /** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validate-immediate-data */
  #wrongImmediates(pipeline: P): string | null {
    const { immediateSlots } = pipeline;
    const slot = this.#immediates === null ? (immediateSlots[0] ?? -1) : this.#immediates.missing(immediateSlots);
    return slot < 0
      ? null
      : `${describe(pipeline)} reads bytes ${slot * 4} to ${slot * 4 + 4} of the immediate data, which setImmediates() never set`;
  }

  #wrongSizes(pipeline: P): string | null {
    for (const { group, binding, minBindingSize, name } of pipeline.buffers) {
      const range = this.#rangeAt(group, binding);
      if (range === null || range.size >= minBindingSize) continue;
      return `the range of ${describe(range.buffer)} bound at group ${group}, binding ${binding} is ${range.size} bytes, but the shader's '${name}' needs at least ${minBindingSize}`;
    }
    return null;
  }

  /** @see https://www.w3.org/TR/webgpu/#abstract-opdef-encoder-bind-groups-alias-a-writable-resource */
  #wrongAliases(): string | null {
    const bound = this.#bound();
    for (const [i, a] of bound.entries()) {
      for (let j = i + 1; j < bound.length; j++) {
        const b = bound[j]!;
        if (!(a.writable || b.writable) || (a.visibility & b.visibility) === 0) continue;
        if (!a.overlaps(b)) continue;
        return `${a.what} is bound at group ${a.index}, binding ${a.binding} and at group ${b.index}, binding ${b.binding}, ${a.writable && b.writable ? "both for writing, and they overlap" : "once for writing and once for reading only"}`;
      }
    }
    return null;
  }

  #wrongUsage(indirect: BufferCore | null): string | null {
    if (indirect === null && this.#bindings !== null) return null;
    const scope = new UsageScope("dispatch");
    for (const [index, bound] of this.#groups.entries()) {
      if (bound && this.#pipeline?.groups[index]) scope.addGroup(bound.group);
    }
    if (indirect !== null) scope.addBuffer(indirect, "input");
    return scope.wrong;
  }

  /** Compatibility devices see one part of a texture through all bindings. */
  #wrongForCompatibility(): string | null {
    if (this.#device.features.has("core-features-and-limits")) return null;
    const views = this.#groups.flatMap((bound, index) =>
      bound && this.#pipeline?.groups[index] ? bound.group.textures.map(({ view }) => view) : [],
    );
    for (const [i, a] of views.entries()) {
      const b = views.slice(i + 1).find((each) => each.texture === a.texture && !seesTheSame(a, each));
      if (b) return `${describe(a.texture)} is bound twice by views that differ, which needs the feature "core-features-and-limits"`;
    }
    return null;
  }

  #rangeAt(group: number, binding: number): BufferRange | null {
    const bound = this.#groups[group];
    const buffer = bound?.group.buffers.find((each) => each.binding === binding);
    return bound && buffer ? rangeOf(buffer, bound.offsets) : null;
  }

  /** What a slot is given. A texture has two: its texels, and what the shader is told of it. */
  #memoryAt(group: number, binding: number): MemoryRange | null {
    const range = this.#rangeAt(group, binding);
    if (range !== null) return { of: range.buffer, offset: range.offset, size: range.size };
    const isInfo = binding >= INFO_BINDING;
    const at = isInfo ? binding - INFO_BINDING : binding;
    const view = this.#groups[group]?.group.textures.find((each) => each.binding === at)?.view;
    if (view === undefined) return this.#samplerAt(group, binding);
    return isInfo ? { of: view, offset: 0, size: INFO_BYTES } : { of: view.texture.readable, ...texelRange(view) };
  }

  #samplerAt(group: number, binding: number): MemoryRange | null {
    const sampler = this.#groups[group]?.group.samplers.find((each) => each.binding === binding)?.sampler;
    return sampler === undefined ? null : { of: sampler, offset: 0, size: SAMPLER_BYTES };
  }

  /** What the pipeline's layout reaches and may clash: groups that it does not use do not count. */
  #bound(): Alias[] {
    const all: Alias[] = [];
    for (const [index, bound] of this.#groups.entries()) {
      if (!bound || !this.#pipeline?.groups[index]) continue;
      for (const buffer of bound.group.buffers) all.push(new Alias(index, buffer, rangeOf(buffer, bound.offsets), null));
      for (const texture of bound.group.textures) {
        if (texture.storage) all.push(new Alias(index, texture, null, texture.view));
      }
    }
    return all;
  }
}

/** A binding, for the search for overlaps. */
class Alias {
  readonly index: number;
  readonly binding: number;
  readonly writable: boolean;
  readonly visibility: number;
  readonly range: BufferRange | null;
  readonly view: TextureViewCore | null;

  constructor(
    index: number,
    bound: { readonly binding: number; readonly writable: boolean; readonly visibility: number },
    range: BufferRange | null,
    view: TextureViewCore | null,
  ) {
    this.index = index;
    this.binding = bound.binding;
    this.writable = bound.writable;
    this.visibility = bound.visibility;
    this.range = range;
    this.view = view;
  }
  get what(): string {
    return describe(this.range?.buffer ?? this.view!.texture);
  }
  overlaps(other: Alias): boolean {
    if (this.range !== null && other.range !== null) return overlap(this.range, other.range);
    return this.view !== null && other.view !== null && this.view.texture === other.view.texture && rangesOverlap(this.view, other.view);
  }
}

const seesTheSame = (a: TextureViewCore, b: TextureViewCore): boolean =>
  a.baseMipLevel === b.baseMipLevel && a.mipLevelCount === b.mipLevelCount && a.aspect === b.aspect && a.swizzle === b.swizzle;
