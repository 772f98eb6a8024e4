/**
 * Usage scopes: how a dispatch or a render pass uses buffers and parts of textures. A thing is either only read, or only written by shaders,
 * or an attachment.
 * @see https://www.w3.org/TR/webgpu/#programming-model-synchronization
 */
import type { BindGroupCore } from "./bind-group.ts";
import type { BufferCore } from "./buffer.ts";
import { describe } from "./core.ts";
import type { TextureCore } from "./texture.ts";
import type { SubresourceRange } from "./texture-view.ts";

/**
 * "input" stands for all uses that only read. Textures that are written only are apart from those that are read, too: the specification puts
 * them together, but browsers and the conformance tests do not.
 */
export type Usage = "input" | "storage" | "write-only" | "attachment";
const NAMES: Readonly<Record<Usage, string>> = {
  input: "read",
  storage: "written by shaders",
  "write-only": "written only by shaders",
  attachment: "written as an attachment",
};

/** Whether one part of a texture is in both ranges of it. */
export function rangesOverlap(a: SubresourceRange, b: SubresourceRange): boolean {
  return (
    a.baseMipLevel < b.baseMipLevel + b.mipLevelCount &&
    b.baseMipLevel < a.baseMipLevel + a.mipLevelCount &&
    a.baseArrayLayer < b.baseArrayLayer + b.arrayLayerCount &&
    b.baseArrayLayer < a.baseArrayLayer + a.arrayLayerCount &&
    a.aspects.some((aspect) => b.aspects.includes(aspect))
  );
}

interface TextureUse {
  readonly range: SubresourceRange;
  readonly usage: Usage;
}

export class UsageScope {
  readonly #what: string;
  readonly #buffers = new Map<BufferCore, Usage>();
  readonly #textures = new Map<TextureCore, TextureUse[]>();
  readonly #groups = new Set<BindGroupCore>();
  /** the first clash, in words */
  wrong: string | null = null;

  /** @param what "render pass", for messages */
  constructor(what: string) {
    this.#what = what;
  }

  addBuffer(buffer: BufferCore, usage: Usage): void {
    const old = this.#buffers.get(buffer);
    if (old === undefined) this.#buffers.set(buffer, usage);
    else if (old !== usage) this.#clash(describe(buffer), old, usage);
  }

  addTexture(texture: TextureCore, range: SubresourceRange, usage: Usage): void {
    const uses = this.#textures.get(texture);
    if (uses === undefined) {
      this.#textures.set(texture, [{ range, usage }]);
      return;
    }
    for (const old of uses) {
      if (old.range === range && old.usage === usage) return;
      if (old.usage !== usage && rangesOverlap(old.range, range)) this.#clash(`a part of ${describe(texture)}`, old.usage, usage);
    }
    uses.push({ range, usage });
  }

  addGroup(group: BindGroupCore): void {
    if (this.#groups.has(group)) return;
    this.#groups.add(group);
    for (const { buffer, writable } of group.buffers) this.addBuffer(buffer, writable ? "storage" : "input");
    for (const { view, usage } of group.textures) this.addTexture(view.texture, view, usage);
  }

  addAll(other: UsageScope): void {
    this.wrong ??= other.wrong;
    for (const [buffer, usage] of other.#buffers) this.addBuffer(buffer, usage);
    for (const [texture, uses] of other.#textures) for (const { range, usage } of uses) this.addTexture(texture, range, usage);
  }

  #clash(what: string, a: Usage, b: Usage): void {
    this.wrong ??= `${what} is ${NAMES[a]} and ${NAMES[b]} in the same ${this.#what}; ${this.#what === "dispatch" ? "dispatch" : "render"} twice, or use two resources`;
  }
}
