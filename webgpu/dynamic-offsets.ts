/** The overloads of setBindGroup. @see https://www.w3.org/TR/webgpu/#dom-gpubindingcommandsmixin-setbindgroup */
import { copyUint32, uint32ArrayLength } from "./idl/bytes.ts";
import { size64, uint32 } from "./idl/convert.ts";
import { sequence } from "./idl/dictionary.ts";

const offsetList = sequence(uint32);

/** @param args what follows the bind group: a sequence of offsets, or a Uint32Array and a range of it */
export function dynamicOffsets(args: readonly unknown[]): readonly number[] | undefined {
  return args.length < 2 ? offsetsOf(args[0]) : offsetRange(args[0], args[1], args[2]);
}

function offsetsOf(offsets: unknown): readonly number[] | undefined {
  return offsets === undefined ? undefined : offsetList(offsets, "setBindGroup: dynamicOffsets");
}

/** The overload with a Uint32Array and a range of it. */
function offsetRange(data: unknown, start: unknown, length: unknown): readonly number[] {
  if (uint32ArrayLength(data) === undefined) throw new TypeError("setBindGroup: dynamicOffsetsData is not a Uint32Array");
  const first = size64(start, "setBindGroup: dynamicOffsetsDataStart");
  const count = uint32(length, "setBindGroup: dynamicOffsetsDataLength");
  const size = uint32ArrayLength(data) ?? 0;
  if (first + count > size) {
    throw new RangeError(`setBindGroup: the ${count} offsets from ${first} on reach past the end of dynamicOffsetsData at ${size}`);
  }
  return copyUint32(data, first, count);
}
