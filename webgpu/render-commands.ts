/**
 * The commands that render passes and render bundles have in common, and the state that they are checked against.
 * @see https://www.w3.org/TR/webgpu/#gpurendercommandsmixin
 */

import type { BindGroupCore } from "./bind-group.ts";
import { BindingState } from "./binding-state.ts";
import type { BufferCore } from "./buffer.ts";
import { EncoderCore } from "./commands.ts";
import { describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import type { Draw, DrawCounts, IndexRange, InputRange } from "./draw/commands.ts";
import { GPUBufferUsage, lacksUsage } from "./flags.ts";
import type { ImmediateData } from "./immediates.ts";
import { type PassLayout, passLayout } from "./render-layout.ts";
import type { RenderPipelineCore } from "./render-pipeline.ts";
import { UsageScope } from "./usage-scope.ts";

const INDEX_BYTES = { uint16: 2, uint32: 4 } as const;
const NO_LAYOUT = passLayout([], null, 1);
/** @see https://www.w3.org/TR/webgpu/#indirect-draw-parameters */
const INDIRECT_BYTES = { drawIndirect: 16, drawIndexedIndirect: 20 } as const;

function wrongUsage(buffer: BufferCore, usage: "INDEX" | "VERTEX" | "INDIRECT", device: DeviceCore): string | null {
  const why = unusable(buffer, device);
  if (why !== null) return why;
  if (buffer.usage & GPUBufferUsage[usage]) return null;
  return lacksUsage(buffer, usage, "GPUBufferUsage");
}

function wrongRange(buffer: BufferCore, offset: number, size: number, multiple: number): string | null {
  if (offset % multiple !== 0) return `the offset ${offset} is not a multiple of ${multiple}`;
  return offset + size > buffer.size ? `the range ends at ${offset + size}, past the end of ${describe(buffer)} at ${buffer.size}` : null;
}

export class RenderCommandsCore extends EncoderCore {
  readonly bindings: BindingState<RenderPipelineCore>;
  readonly scope: UsageScope;
  layout: PassLayout = NO_LAYOUT;
  depthReadOnly = false;
  stencilReadOnly = false;
  drawCount = 0;
  #index: IndexRange | null = null;
  /** by slot */
  #vertexBuffers: readonly (InputRange | undefined)[] = [];

  constructor(kind: string, device: DeviceCore, label: string, what: string) {
    super(kind, device, label);
    this.bindings = new BindingState(device);
    this.scope = new UsageScope(what);
  }

  /** @see https://www.w3.org/TR/webgpu/#abstract-opdef-reset-the-render-pass-binding-state */
  resetBindings(): void {
    this.bindings.clear();
    this.#index = null;
    this.#vertexBuffers = [];
  }

  /** Invalidates the encoder where something is wrong. @returns whether nothing is */
  allows(what: string, wrong: string | null): boolean {
    if (wrong !== null) this.invalidate(`${what}: ${wrong}`);
    return wrong === null;
  }

  setBindGroup(index: number, group: BindGroupCore | null, offsets: readonly number[] | undefined): void {
    if (!this.canRecord("setBindGroup")) return;
    if (!this.allows("setBindGroup", this.bindings.setGroup(index, group, offsets)) || group === null) return;
    this.used.groups.add(group);
    this.scope.addGroup(group);
  }

  setImmediates(data: ImmediateData): void {
    if (this.canRecord("setImmediates")) this.allows("setImmediates", this.bindings.setImmediates(data));
  }

  setPipeline(pipeline: RenderPipelineCore): void {
    if (!this.canRecord("setPipeline")) return;
    const wrong = unusable(pipeline, this.device) ?? this.#wrongPipeline(pipeline);
    if (this.allows("setPipeline", wrong)) this.bindings.setPipeline(pipeline);
  }

  #wrongPipeline(pipeline: RenderPipelineCore): string | null {
    if (pipeline.targets.key !== this.layout.key) {
      return `${describe(pipeline)} renders to ${pipeline.targets.text}, but ${describe(this)} has ${this.layout.text}`;
    }
    if (pipeline.writesDepth && this.depthReadOnly) return `${describe(pipeline)} writes depth, which is read-only in ${describe(this)}`;
    return pipeline.writesStencil && this.stencilReadOnly
      ? `${describe(pipeline)} writes stencil, which is read-only in ${describe(this)}`
      : null;
  }

  setIndexBuffer(buffer: BufferCore, format: GPUIndexFormat, offset: number, given: number | undefined): void {
    if (!this.canRecord("setIndexBuffer")) return;
    const size = given ?? Math.max(0, buffer.size - offset);
    const wrong = wrongUsage(buffer, "INDEX", this.device) ?? wrongRange(buffer, offset, size, INDEX_BYTES[format]);
    if (!this.allows("setIndexBuffer", wrong)) return;
    this.scope.addBuffer(buffer, "input");
    this.used.buffers.add(buffer);
    this.#index = { buffer, offset, size, format };
  }

  setVertexBuffer(slot: number, buffer: BufferCore | null, offset: number, given: number | undefined): void {
    if (!this.canRecord("setVertexBuffer")) return;
    const { maxVertexBuffers } = this.device.limits;
    const size = given ?? Math.max(0, (buffer?.size ?? 0) - offset);
    const wrongSlot = slot < maxVertexBuffers ? null : `the slot ${slot} is not below the limit maxVertexBuffers of ${maxVertexBuffers}`;
    if (!this.allows("setVertexBuffer", wrongSlot)) return;
    if (buffer === null) {
      const wrong = offset !== 0 || size !== 0 ? "without a buffer, offset and size must be 0" : null;
      if (this.allows("setVertexBuffer", wrong)) this.#setVertexBuffer(slot, undefined);
      return;
    }
    if (!this.allows("setVertexBuffer", wrongUsage(buffer, "VERTEX", this.device) ?? wrongRange(buffer, offset, size, 4))) return;
    this.scope.addBuffer(buffer, "input");
    this.used.buffers.add(buffer);
    this.#setVertexBuffer(slot, { buffer, offset, size });
  }

  /** Draws keep the list as it was: a change makes another one. */
  #setVertexBuffer(slot: number, range: InputRange | undefined): void {
    const changed = [...this.#vertexBuffers];
    changed[slot] = range;
    this.#vertexBuffers = changed;
  }

  draw(counts: DrawCounts): void {
    this.#draw("draw", null, counts, () => this.#wrongDraw() ?? this.#wrongVertexRanges(counts.first + counts.count, counts));
  }

  drawIndexed(counts: DrawCounts): void {
    this.#draw(
      "drawIndexed",
      this.#index,
      counts,
      () => this.#wrongDrawIndexed() ?? this.#wrongIndices(counts) ?? this.#wrongVertexRanges(0, counts),
    );
  }

  drawIndirect(what: "drawIndirect" | "drawIndexedIndirect", buffer: BufferCore, offset: number): void {
    this.#draw(what, what === "drawIndirect" ? null : this.#index, { buffer, offset }, () => {
      const wrong =
        (what === "drawIndirect" ? this.#wrongDraw() : this.#wrongDrawIndexed()) ??
        wrongUsage(buffer, "INDIRECT", this.device) ??
        wrongRange(buffer, offset, INDIRECT_BYTES[what], 4);
      if (wrong !== null) return wrong;
      this.scope.addBuffer(buffer, "input");
      this.used.buffers.add(buffer);
      return null;
    });
  }

  #draw(what: string, indices: IndexRange | null, counts: Draw["counts"], wrong: () => string | null): void {
    if (!this.canRecord(what) || !this.allows(what, wrong())) return;
    const { pipeline } = this.bindings;
    this.drawCount++;
    if (pipeline === null) return;
    const vertexBindings = this.bindings.memoryOf(pipeline.vertexProgram);
    const fragmentBindings = this.bindings.memoryOf(pipeline.fragmentProgram);
    const immediates = this.bindings.immediates();
    const vertexBuffers = this.#vertexBuffers;
    this.commands.push({ does: "draw", pipeline, vertexBindings, fragmentBindings, immediates, vertexBuffers, indices, counts });
  }

  /** @see https://www.w3.org/TR/webgpu/#abstract-opdef-valid-to-draw */
  #wrongDraw(): string | null {
    const wrong = this.bindings.check();
    const { pipeline } = this.bindings;
    if (wrong !== null || pipeline === null) return wrong;
    for (const { slot } of pipeline.vertexBuffers) {
      if (this.#vertexBuffers[slot] === undefined) return `${describe(pipeline)} uses vertex buffer ${slot}, but none is set`;
    }
    const most = this.device.limits.maxBindGroupsPlusVertexBuffers;
    const groups = this.bindings.groupCount;
    const buffers = this.#vertexBuffers.findLastIndex((range) => range !== undefined) + 1;
    return groups + buffers > most
      ? `${groups} bind groups and ${buffers} vertex buffers are set, over the limit maxBindGroupsPlusVertexBuffers of ${most}`
      : null;
  }

  #wrongDrawIndexed(): string | null {
    const wrong = this.#wrongDraw();
    if (wrong !== null) return wrong;
    if (this.#index === null) return "no index buffer is set; call setIndexBuffer() first";
    const { pipeline } = this.bindings;
    if (pipeline?.isStrip && this.#index.format !== pipeline.stripIndexFormat) {
      return `the index buffer has format "${this.#index.format}", but ${describe(pipeline)} has stripIndexFormat "${pipeline.stripIndexFormat}"`;
    }
    return null;
  }

  #wrongIndices({ first, count }: DrawCounts): string | null {
    if (this.#index === null) return null;
    const most = Math.floor(this.#index.size / INDEX_BYTES[this.#index.format]);
    return first + count > most ? `indices ${first} to ${first + count} are not all in the index buffer, which has ${most}` : null;
  }

  /** @param lastVertex one past the last vertex, or 0 where it is not known yet */
  #wrongVertexRanges(lastVertex: number, { instances, firstInstance }: DrawCounts): string | null {
    for (const { slot, stride, perInstance, lastStride } of this.bindings.pipeline?.vertexBuffers ?? []) {
      const strides = perInstance ? firstInstance + instances : lastVertex;
      if (strides === 0) continue;
      const size = this.#vertexBuffers[slot]?.size ?? 0;
      const end = (strides - 1) * stride + lastStride;
      if (end > size) return `the draw reads ${end} bytes of vertex buffer ${slot}, which has ${size}`;
    }
    return null;
  }
}
