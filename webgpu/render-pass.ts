/** @see https://www.w3.org/TR/webgpu/#render-passes */
import { type Attachments, attachmentsOf, type RenderPassDescriptor, renderPassDescriptor, wrongAttachments } from "./attachments.ts";
import { type Color, color } from "./color.ts";
import type { EncoderCore } from "./commands.ts";
import { describe, unusable } from "./core.ts";
import type { DomRenderPassEncoder } from "./dom-types.ts";
import { float, uint32 } from "./idl/convert.ts";
import { sequence } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import type { QuerySetCore } from "./query-set.ts";
import { loadCommands, storeCommands } from "./render-attachments.ts";
import { type RenderBundleCore, renderBundleArgument } from "./render-bundle.ts";
import { RenderCommandsCore } from "./render-commands.ts";
import { passLayout } from "./render-layout.ts";
import { exposeRenderMethods } from "./render-methods.ts";
import { type TimestampWrites, wrongTimestamps } from "./timestamp-writes.ts";

class RenderPassCore extends RenderCommandsCore {
  readonly parent: EncoderCore;
  #attachments: Attachments | null = null;
  #timestamps: TimestampWrites | undefined;
  #maxDrawCount = 0;
  #occlusion: QuerySetCore | undefined;
  readonly #queried = new Set<number>();
  #isQuerying = false;

  constructor(parent: EncoderCore, label: string) {
    super("GPURenderPassEncoder", parent.device, label, "render pass");
    this.parent = parent;
  }

  override canRecord(what: string): boolean {
    if (this.state === "open" && this.parent.state === "ended") {
      this.device.invalid(`${what}: ${describe(this.parent)} is finished, and so is its pass`);
      return false;
    }
    return super.canRecord(what);
  }

  begin(descriptor: RenderPassDescriptor): void {
    if (!this.parent.beginPass(this, "beginRenderPass")) return;
    const attachments = attachmentsOf(descriptor);
    if (!this.allows("beginRenderPass", wrongAttachments(attachments, this.device) ?? this.#wrongQueries(descriptor))) return;
    this.#attachments = attachments;
    this.#timestamps = descriptor.timestampWrites;
    this.#occlusion = descriptor.occlusionQuerySet;
    this.#maxDrawCount = descriptor.maxDrawCount;
    this.#useAttachments(attachments);
    for (const querySet of [this.#timestamps?.querySet, this.#occlusion]) if (querySet) this.used.querySets.add(querySet);
    this.#timestamp(this.#timestamps?.beginningOfPassWriteIndex);
    for (const command of loadCommands(attachments)) this.commands.push(command);
    this.commands.push({ does: "beginRenderPass", attachments });
  }

  #wrongQueries({ occlusionQuerySet, timestampWrites }: RenderPassDescriptor): string | null {
    const wrong = occlusionQuerySet ? unusable(occlusionQuerySet, this.device) : null;
    if (wrong !== null) return wrong;
    if (occlusionQuerySet && occlusionQuerySet.type !== "occlusion") {
      return `the occlusionQuerySet ${describe(occlusionQuerySet)} has type "${occlusionQuerySet.type}", not "occlusion"`;
    }
    return timestampWrites ? wrongTimestamps(timestampWrites, this.device) : null;
  }

  #useAttachments({ colors, depthStencil }: Attachments): void {
    let sampleCount = 1;
    for (const each of colors) {
      for (const view of each ? [each.view, each.resolveTarget] : []) {
        if (!view) continue;
        this.scope.addTexture(view.texture, view, "attachment");
        this.used.textures.add(view.texture);
      }
      if (each) sampleCount = each.view.texture.sampleCount;
    }
    if (depthStencil) {
      const { view, depthReadOnly, stencilReadOnly } = depthStencil;
      this.used.textures.add(view.texture);
      for (const aspect of view.aspects) {
        const isReadOnly = aspect === "depth" ? depthReadOnly : stencilReadOnly;
        const { baseMipLevel, mipLevelCount, baseArrayLayer, arrayLayerCount } = view;
        const range = { baseMipLevel, mipLevelCount, baseArrayLayer, arrayLayerCount, aspects: [aspect] };
        this.scope.addTexture(view.texture, range, isReadOnly ? "input" : "attachment");
      }
      this.depthReadOnly = depthReadOnly;
      this.stencilReadOnly = stencilReadOnly;
      sampleCount = view.texture.sampleCount;
    }
    const formats = colors.map((each) => each?.view.format.name ?? null);
    this.layout = passLayout(formats, depthStencil?.view.format.name ?? null, sampleCount);
  }

  #timestamp(index: number | undefined): void {
    if (this.#timestamps && index !== undefined) this.commands.push({ does: "timestamp", querySet: this.#timestamps.querySet, index });
  }

  get #size(): { readonly width: number; readonly height: number } {
    const first = this.#attachments?.colors.find((each) => each !== null) ?? this.#attachments?.depthStencil;
    return first?.view.renderExtent ?? { width: 0, height: 0 };
  }

  setViewport(x: number, y: number, width: number, height: number, minDepth: number, maxDepth: number): void {
    if (!this.canRecord("setViewport")) return;
    const most = this.device.limits.maxTextureDimension2D;
    const inside = x >= -2 * most && y >= -2 * most && x + width <= 2 * most - 1 && y + height <= 2 * most - 1;
    const wrong =
      width < 0 || height < 0 || width > most || height > most
        ? `the size ${width} x ${height} is not from 0 to ${most}`
        : !inside
          ? `the viewport ${width} x ${height} at (${x}, ${y}) is not inside ${-2 * most} to ${2 * most - 1}`
          : !(minDepth >= 0 && minDepth <= maxDepth && maxDepth <= 1)
            ? `the depths ${minDepth} and ${maxDepth} are not in order between 0 and 1`
            : null;
    if (this.allows("setViewport", wrong)) this.commands.push({ does: "viewport", x, y, width, height, minDepth, maxDepth });
  }

  setScissorRect(x: number, y: number, width: number, height: number): void {
    if (!this.canRecord("setScissorRect")) return;
    const size = this.#size;
    const isInside = x + width <= size.width && y + height <= size.height;
    const rect = `${width} x ${height} at (${x}, ${y})`;
    const wrong = isInside ? null : `${rect} is not inside the attachments, which are ${size.width} x ${size.height}`;
    if (this.allows("setScissorRect", wrong)) this.commands.push({ does: "scissor", x, y, width, height });
  }

  setBlendConstant(color: Color): void {
    if (this.canRecord("setBlendConstant")) this.commands.push({ does: "blendConstant", color });
  }

  setStencilReference(reference: number): void {
    if (this.canRecord("setStencilReference")) this.commands.push({ does: "stencilReference", reference });
  }

  beginOcclusionQuery(index: number): void {
    const what = "beginOcclusionQuery";
    if (!this.canRecord(what)) return;
    const set = this.#occlusion;
    const wrong =
      set === undefined
        ? `${describe(this)} has no occlusionQuerySet`
        : index >= set.count
          ? `the index ${index} is not below the ${set.count} queries of ${describe(set)}`
          : this.#queried.has(index)
            ? `query ${index} was written in this pass already`
            : this.#isQuerying
              ? "a query has begun already; call endOcclusionQuery() first"
              : null;
    if (!this.allows(what, wrong) || set === undefined) return;
    this.#queried.add(index);
    this.#isQuerying = true;
    this.commands.push({ does: "beginOcclusion", querySet: set, index });
  }

  endOcclusionQuery(): void {
    if (!this.canRecord("endOcclusionQuery")) return;
    if (!this.allows("endOcclusionQuery", this.#isQuerying ? null : "no query has begun")) return;
    this.#isQuerying = false;
    this.commands.push({ does: "endOcclusion" });
  }

  executeBundles(bundles: readonly RenderBundleCore[]): void {
    const what = "executeBundles";
    if (!this.canRecord(what)) return;
    for (const [i, bundle] of bundles.entries()) {
      const wrong = unusable(bundle, this.device) ?? this.#wrongBundle(bundle);
      if (!this.allows(what, wrong === null ? null : `bundles[${i}]: ${wrong}`)) return;
    }
    for (const bundle of bundles) {
      this.drawCount += bundle.drawCount;
      this.scope.addAll(bundle.scope);
      this.used.addAll(bundle.used);
      for (const command of bundle.commands) this.commands.push(command);
    }
    this.resetBindings();
  }

  #wrongBundle(bundle: RenderBundleCore): string | null {
    if (bundle.layout.key !== this.layout.key) {
      return `${describe(bundle)} renders to ${bundle.layout.text}, but ${describe(this)} has ${this.layout.text}`;
    }
    if (this.depthReadOnly && !bundle.depthReadOnly) return `${describe(bundle)} may write depth, which is read-only in ${describe(this)}`;
    return this.stencilReadOnly && !bundle.stencilReadOnly
      ? `${describe(bundle)} may write stencil, which is read-only in ${describe(this)}`
      : null;
  }

  end(): void {
    const { parent } = this;
    if (!this.endPass(parent)) return;
    parent.used.addAll(this.used);
    const wrong = this.#wrongEnd();
    if (wrong !== null) {
      parent.invalidate(wrong, this.reasonAt);
      return;
    }
    for (const command of this.commands) parent.commands.push(command);
    if (this.#attachments) for (const command of storeCommands(this.#attachments)) parent.commands.push(command);
    const { querySet, endOfPassWriteIndex: index } = this.#timestamps ?? {};
    if (querySet && index !== undefined) parent.commands.push({ does: "timestamp", querySet, index });
  }

  #wrongEnd(): string | null {
    if (!this.valid) return this.reason ?? `${describe(this)} is invalid`;
    if (this.scope.wrong !== null) return `end: ${describe(this)}: ${this.scope.wrong}`;
    if (this.debugGroups.length > 0) return `end: ${describe(this)} has open debug groups: ${this.debugGroups.join(", ")}`;
    if (this.#isQuerying) return `end: ${describe(this)} has an open occlusion query; call endOcclusionQuery() first`;
    return this.drawCount > this.#maxDrawCount
      ? `end: ${describe(this)} has ${this.drawCount} draws, over its maxDrawCount of ${this.#maxDrawCount}`
      : null;
  }
}

export function beginRenderPass(parent: EncoderCore, value: unknown): DomRenderPassEncoder {
  const descriptor = renderPassDescriptor(value, "beginRenderPass: descriptor");
  const pass = new RenderPassCore(parent, descriptor.label);
  parent.device.timeline.run(() => pass.begin(descriptor));
  return new GPURenderPassEncoder(MINT, pass);
}

const bundleList = sequence(renderBundleArgument);
let coreOf: (value: unknown) => RenderPassCore;

class RenderPassEncoder {
  readonly #core: RenderPassCore;
  constructor(...made: Made<RenderPassCore>) {
    this.#core = madeOf(made);
  }
  setViewport(x: unknown, y: unknown, width: unknown, height: unknown, minDepth: unknown, maxDepth: unknown): undefined {
    const core = this.#core;
    const numbers = [x, y, width, height, minDepth, maxDepth].map((value) => float(value, "setViewport"));
    const [a, b, c, d, e, f] = numbers as [number, number, number, number, number, number];
    core.device.timeline.run(() => core.setViewport(a, b, c, d, e, f));
  }
  setScissorRect(x: unknown, y: unknown, width: unknown, height: unknown): undefined {
    const core = this.#core;
    const left = uint32(x, "setScissorRect: x");
    const top = uint32(y, "setScissorRect: y");
    const w = uint32(width, "setScissorRect: width");
    const h = uint32(height, "setScissorRect: height");
    core.device.timeline.run(() => core.setScissorRect(left, top, w, h));
  }
  setBlendConstant(constant: unknown): undefined {
    const core = this.#core;
    const given = color(constant, "setBlendConstant: color");
    core.device.timeline.run(() => core.setBlendConstant(given));
  }
  setStencilReference(reference: unknown): undefined {
    const core = this.#core;
    const given = uint32(reference, "setStencilReference: reference");
    core.device.timeline.run(() => core.setStencilReference(given));
  }
  beginOcclusionQuery(queryIndex: unknown): undefined {
    const core = this.#core;
    const index = uint32(queryIndex, "beginOcclusionQuery: queryIndex");
    core.device.timeline.run(() => core.beginOcclusionQuery(index));
  }
  endOcclusionQuery(): undefined {
    const core = this.#core;
    core.device.timeline.run(() => core.endOcclusionQuery());
  }
  executeBundles(bundles: unknown): undefined {
    const core = this.#core;
    const given = bundleList(bundles, "executeBundles: bundles");
    core.device.timeline.run(() => core.executeBundles(given));
  }
  end(): undefined {
    const core = this.#core;
    core.device.timeline.run(() => core.end());
  }
  static {
    coreOf = (value) => (value as RenderPassEncoder).#core;
  }
}
exposeRenderMethods(RenderPassEncoder, (value) => coreOf(value));
exposeInterface("GPURenderPassEncoder", RenderPassEncoder);
exposeLabel("GPURenderPassEncoder", RenderPassEncoder, (value) => coreOf(value));
/** with the methods that exposeRenderMethods gave it */
export const GPURenderPassEncoder = RenderPassEncoder as unknown as {
  new (...made: Made<RenderPassCore>): DomRenderPassEncoder;
  readonly prototype: DomRenderPassEncoder;
};
