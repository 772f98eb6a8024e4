/** Timestamps that passes write. @see https://www.w3.org/TR/webgpu/#timestamp */
import { describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { uint32 } from "./idl/convert.ts";
import { dictionary, optional, required } from "./idl/dictionary.ts";
import { querySetArgument } from "./query-set.ts";

export const timestampWrites = dictionary(null, {
  beginningOfPassWriteIndex: optional(uint32),
  endOfPassWriteIndex: optional(uint32),
  querySet: required(querySetArgument),
});
export type TimestampWrites = ReturnType<typeof timestampWrites>;

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validate-timestampwrites */
export function wrongTimestamps(writes: TimestampWrites, device: DeviceCore): string | null {
  const { querySet, beginningOfPassWriteIndex: begin, endOfPassWriteIndex: end } = writes;
  if (!device.features.has("timestamp-query"))
    return `timestampWrites needs the feature "timestamp-query"; list it in requiredFeatures of requestDevice`;
  const why = unusable(querySet, device);
  if (why !== null) return why;
  if (querySet.type !== "timestamp") return `${describe(querySet)} has type "${querySet.type}", not "timestamp"`;
  if (begin === undefined && end === undefined) return "timestampWrites names no index to write to";
  for (const index of [begin, end]) {
    if (index !== undefined && index >= querySet.count)
      return `the index ${index} is not below the ${querySet.count} queries of ${describe(querySet)}`;
  }
  return begin === end ? `both timestamps would be written to index ${begin}` : null;
}
