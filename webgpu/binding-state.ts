/**
 * The bind groups set in a pass, and what a pipeline makes of them. Checked once for many dispatches: only a change of pipeline or group
 * makes the next dispatch look again.
 * @see https://www.w3.org/TR/webgpu/#programmable-passes
 */
import type { BindGroupCore, BoundBuffer } from "./bind-group.ts";
import { groupEquivalent } from "./bind-group-layout.ts";
import type { BufferCore } from "./buffer.ts";
import type { Bindings, BufferRange } from "./commands.ts";
import type { ComputePipelineCore } from "./compute-pipeline.ts";
import { describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { GPUShaderStage } from "./flags.ts";

interface BoundGroup {
  readonly group: BindGroupCore;
  readonly offsets: readonly number[];
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

export class BindingState {
  readonly #device: DeviceCore;
  readonly #groups: (BoundGroup | undefined)[] = [];
  #pipeline: ComputePipelineCore | null = null;
  /** what the last check gave; null when something changed since */
  #checked: Bindings | string | null = null;

  constructor(device: DeviceCore) {
    this.#device = device;
  }

  get pipeline(): ComputePipelineCore | null {
    return this.#pipeline;
  }

  setPipeline(pipeline: ComputePipelineCore): void {
    if (pipeline !== this.#pipeline) this.#checked = null;
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
    this.#checked = null;
    return null;
  }

  #wrongGroup(group: BindGroupCore, offsets: readonly number[]): string | null {
    const why = unusable(group, this.#device);
    if (why !== null) return why;
    if (offsets.length !== group.dynamicOffsetCount) {
      return `${describe(group)} has ${group.dynamicOffsetCount} bindings with dynamic offset, but ${offsets.length} offsets are given`;
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
   * What a dispatch with the current state binds, or why there can be none.
   * @param indirect buffer that holds the arguments of the dispatch, or null
   */
  check(indirect: BufferCore | null): Bindings | string {
    this.#checked ??= this.#check();
    if (indirect !== null && typeof this.#checked !== "string") {
      const clash = this.#ranges().some(({ bound }) => bound.writable && bound.buffer === indirect);
      if (clash) return `${describe(indirect)} holds the arguments and is bound as writable storage in the same dispatch`;
    }
    return this.#checked;
  }

  #check(): Bindings | string {
    const pipeline = this.#pipeline;
    if (pipeline === null) return "no pipeline is set; call setPipeline() first";
    return this.#wrongLayouts(pipeline) ?? this.#wrongSizes(pipeline) ?? this.#wrongUsage() ?? this.#bind(pipeline);
  }

  #wrongLayouts(pipeline: ComputePipelineCore): string | null {
    for (const [index, layout] of pipeline.groups.entries()) {
      if (layout === null) continue;
      const bound = this.#groups[index];
      if (bound === undefined) return `${describe(pipeline)} uses bind group ${index}, but none is set`;
      if (groupEquivalent(bound.group.layout, layout)) continue;
      const exclusive = bound.group.layout.exclusivePipeline ?? layout.exclusivePipeline;
      const hint = exclusive
        ? `: a bind group made with the default layout of ${describe(exclusive)} fits that pipeline only`
        : ": their entries differ";
      return `${describe(bound.group)}, set at ${index}, does not fit the layout of ${describe(pipeline)}${hint}`;
    }
    return null;
  }

  #wrongSizes(pipeline: ComputePipelineCore): string | null {
    for (const { group, binding, minBindingSize, name } of pipeline.buffers) {
      const range = this.#rangeAt(group, binding);
      if (range === null || range.size >= minBindingSize) continue;
      return `the range of ${describe(range.buffer)} bound at group ${group}, binding ${binding} is ${range.size} bytes, but the shader's '${name}' needs at least ${minBindingSize}`;
    }
    return null;
  }

  /** Usage scope rules, and the rule that writable ranges overlap nothing. */
  #wrongUsage(): string | null {
    const ranges = this.#ranges();
    for (const [i, a] of ranges.entries()) {
      for (const b of ranges.slice(i + 1)) {
        if (a.bound.buffer !== b.bound.buffer || (!a.bound.writable && !b.bound.writable)) continue;
        const where = `${describe(a.bound.buffer)} is bound at group ${a.index}, binding ${a.bound.binding} and at group ${b.index}, binding ${b.bound.binding}`;
        if (a.bound.writable !== b.bound.writable)
          return `${where}, once for writing and once for reading only; a dispatch may not do both`;
        const together = a.bound.visibility & b.bound.visibility & GPUShaderStage.COMPUTE;
        if (together && overlap(a.range, b.range)) return `${where}, both for writing, and the ranges overlap`;
      }
    }
    return null;
  }

  #bind(pipeline: ComputePipelineCore): Bindings {
    return pipeline.slots.map(({ group, binding }) => (group < 0 ? null : this.#rangeAt(group, binding)));
  }

  #rangeAt(group: number, binding: number): BufferRange | null {
    const bound = this.#groups[group];
    const buffer = bound?.group.buffers.find((each) => each.binding === binding);
    return bound && buffer ? rangeOf(buffer, bound.offsets) : null;
  }

  /** What the pipeline's layout reaches: groups that it does not use do not count. */
  #ranges(): { index: number; bound: BoundBuffer; range: BufferRange }[] {
    return this.#groups.flatMap((group, index) =>
      group && this.#pipeline?.groups[index]
        ? group.group.buffers.map((bound) => ({ index, bound, range: rangeOf(bound, group.offsets) }))
        : [],
    );
  }
}
