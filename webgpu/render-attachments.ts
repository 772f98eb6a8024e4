/** What a render pass does to its attachments where it begins and ends. @see https://www.w3.org/TR/webgpu/#load-and-store-ops */
import type { Attachments, ColorAttachment, DepthStencilAttachment } from "./attachments.ts";
import type { Command } from "./commands.ts";
import { type Aspect, aspectBytes, type Format } from "./formats.ts";
import { packTexel } from "./texel-codec.ts";
import type { TextureViewCore } from "./texture-view.ts";

const NOTHING = new Uint8Array(0);

function clearImage(view: TextureViewCore, aspect: Aspect, texel: Uint8Array, depthSlice: number | undefined): Command {
  const image = depthSlice ?? view.baseArrayLayer;
  return { does: "clearTexture", texture: view.texture, aspect, level: view.baseMipLevel, image, texel };
}

function colorTexel({ view, clearValue }: ColorAttachment): Uint8Array {
  const texel = new Uint8Array(view.format.blockBytes);
  packTexel(view.format, clearValue ?? [0, 0, 0, 0], texel, 0);
  return texel;
}

function depthTexel(format: Format, value: number): Uint8Array {
  const texel = new Uint8Array(aspectBytes(format, "depth"));
  if (texel.length === 2) new DataView(texel.buffer).setUint16(0, Math.round(value * 0xffff), true);
  else new DataView(texel.buffer).setFloat32(0, value, true);
  return texel;
}

function aspectTexel({ depthClearValue = 0, stencilClearValue, view }: DepthStencilAttachment, aspect: Aspect): Uint8Array {
  return aspect === "depth" ? depthTexel(view.format, depthClearValue) : Uint8Array.of(stencilClearValue & 0xff);
}

export function loadCommands({ colors, depthStencil }: Attachments): Command[] {
  const commands: Command[] = [];
  for (const each of colors) {
    if (each?.loadOp === "clear") commands.push(clearImage(each.view, "color", colorTexel(each), each.depthSlice));
  }
  for (const aspect of depthStencil?.view.aspects ?? []) {
    const load = aspect === "depth" ? depthStencil?.depthLoadOp : depthStencil?.stencilLoadOp;
    if (depthStencil && load === "clear") {
      commands.push(clearImage(depthStencil.view, aspect, aspectTexel(depthStencil, aspect), undefined));
    }
  }
  return commands;
}

/** Resolves, then forgets what is not stored: it reads as zero from then on. */
export function storeCommands({ colors, depthStencil }: Attachments): Command[] {
  const commands: Command[] = [];
  for (const each of colors) {
    if (each?.resolveTarget) commands.push({ does: "resolve", source: each.view, destination: each.resolveTarget });
    if (each?.storeOp === "discard") commands.push(clearImage(each.view, "color", NOTHING, each.depthSlice));
  }
  for (const aspect of depthStencil?.view.aspects ?? []) {
    const store = aspect === "depth" ? depthStencil?.depthStoreOp : depthStencil?.stencilStoreOp;
    if (depthStencil && store === "discard") commands.push(clearImage(depthStencil.view, aspect, NOTHING, undefined));
  }
  return commands;
}
