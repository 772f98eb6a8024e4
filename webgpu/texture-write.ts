/** Texels between the device's heap and memory outside it: rows at a time, or all at once where they have no gaps. */
import { describe } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import type { Extent3D } from "./extent.ts";
import { aspectBytes } from "./formats.ts";
import type { HeapStorage, Status } from "./storage.ts";
import {
  type CopyShape,
  type LinearLayout,
  linearAspect,
  linearShape,
  type TextureEnd,
  textureBox,
  wrongLinear,
  wrongLinearTexture,
} from "./texture-copy.ts";
import type { MemoryBox } from "./texture-layout.ts";

const hasNoGaps = ({ rowPitch, imagePitch }: MemoryBox, { rowBytes, rows, images }: CopyShape): boolean =>
  (rows === 1 || rowPitch === rowBytes) && (images === 1 || imagePitch === rowBytes * rows);

/** Calls `each` with the places of rows in both boxes, until one is refused. */
function eachRow(a: MemoryBox, b: MemoryBox, { rows, images }: CopyShape, each: (a: number, b: number) => Status): Status {
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const status = each(a.offset + image * a.imagePitch + row * a.rowPitch, b.offset + image * b.imagePitch + row * b.rowPitch);
      if (status < 0) return status;
    }
  }
  return 0;
}

/** The caller has checked that the boxes are inside. @returns 0 or a FAULT */
export function writeBox(source: Uint8Array, from: MemoryBox, target: HeapStorage, to: MemoryBox, shape: CopyShape): Status {
  const { rowBytes, rows, images } = shape;
  const total = rowBytes * rows * images;
  if (total === 0) return 0;
  if (!hasNoGaps(to, shape)) {
    return eachRow(from, to, shape, (a, b) => target.write(b, source.subarray(a, a + rowBytes)));
  }
  if (hasNoGaps(from, shape)) return target.write(to.offset, source.subarray(from.offset, from.offset + total));
  const packed = new Uint8Array(total);
  let at = 0;
  eachRow(from, to, shape, (a) => {
    packed.set(source.subarray(a, a + rowBytes), at);
    at += rowBytes;
    return 0;
  });
  return target.write(to.offset, packed);
}

/** The caller has checked that the boxes are inside. @returns 0 or a FAULT */
export function readBox(source: HeapStorage, from: MemoryBox, target: Uint8Array, to: MemoryBox, shape: CopyShape): Status {
  const { rowBytes, rows, images } = shape;
  const total = rowBytes * rows * images;
  if (total === 0) return 0;
  if (hasNoGaps(from, shape) && hasNoGaps(to, shape)) return source.readInto(from.offset, target.subarray(to.offset, to.offset + total));
  return eachRow(from, to, shape, (a, b) => source.readInto(a, target.subarray(b, b + rowBytes)));
}

function wrongWrite(end: TextureEnd, byteSize: number, layout: LinearLayout, size: Extent3D, device: DeviceCore): string | null {
  const wrong = wrongLinearTexture(end, "COPY_DST", size, device);
  if (wrong !== null) return wrong;
  const aspect = linearAspect(end, "write");
  if (typeof aspect === "object") return aspect.wrong;
  const { format } = end.texture;
  const wrongData = wrongLinear(layout, byteSize, format, aspectBytes(format, aspect), size);
  if (wrongData !== null) return wrongData;
  return end.texture.destroyed ? `${describe(end.texture)} is destroyed` : null;
}

/** The device timeline's part. @see https://www.w3.org/TR/webgpu/#dom-gpuqueue-writetexture */
export function writeTexture(device: DeviceCore, end: TextureEnd, bytes: Uint8Array, layout: LinearLayout, size: Extent3D): void {
  const { texture } = end;
  const wrong = wrongWrite(end, bytes.length, layout, size, device);
  if (wrong !== null) device.invalid(`writeTexture: ${wrong}`);
  const aspect = linearAspect(end, "write");
  if (wrong !== null || device.lost || typeof aspect === "object" || texture.storage === null) return;
  const shape = linearShape(layout, texture.format, aspectBytes(texture.format, aspect), size);
  const from = { offset: layout.offset, rowPitch: shape.rowPitch, imagePitch: shape.imagePitch };
  if (writeBox(bytes, from, texture.storage, textureBox(end, aspect), shape) < 0) {
    device.error("out-of-memory", `writeTexture: the device's heap has no room for ${describe(texture)}`);
  }
  texture.written();
}
