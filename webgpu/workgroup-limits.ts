/** What a compute entry point needs of a workgroup, against the device's limits. @see https://www.w3.org/TR/webgpu/#dom-gpudevice-createcomputepipeline */
import type { CheckedModule, FunctionId } from "../frontend/wgsl/sema.ts";
import type { Specialization } from "../frontend/wgsl/to-ir.ts";
import { COUNT, SPACE, type TypeId, TypeKind } from "../frontend/wgsl/types.ts";
import type { ComputeLimits } from "./compiler.ts";

/** @returns which limit is exceeded, in words, or null */
export function overWorkgroupLimits(
  checked: CheckedModule,
  entry: FunctionId,
  specialization: Specialization,
  limits: ComputeLimits,
): string | null {
  const [x, y, z] = specialization.workgroupSize;
  const { maxComputeWorkgroupSizeX, maxComputeWorkgroupSizeY, maxComputeWorkgroupSizeZ } = limits;
  if (x > maxComputeWorkgroupSizeX || y > maxComputeWorkgroupSizeY || z > maxComputeWorkgroupSizeZ) {
    const most = `${maxComputeWorkgroupSizeX}, ${maxComputeWorkgroupSizeY}, ${maxComputeWorkgroupSizeZ}`;
    return `the workgroup size ${x} x ${y} x ${z} is over the limits maxComputeWorkgroupSizeX, Y and Z of ${most}`;
  }
  const { maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupStorageSize } = limits;
  if (x * y * z > maxComputeInvocationsPerWorkgroup) {
    return `${x * y * z} invocations in a workgroup are over the limit maxComputeInvocationsPerWorkgroup of ${maxComputeInvocationsPerWorkgroup}`;
  }
  const bytes = workgroupBytes(checked, entry, specialization.counts);
  if (bytes > maxComputeWorkgroupStorageSize) {
    return `${bytes} bytes of workgroup variables are over the limit maxComputeWorkgroupStorageSize of ${maxComputeWorkgroupStorageSize}`;
  }
  return null;
}

/** The sum over the variables that the entry point uses, each rounded up to 16 bytes. */
function workgroupBytes(checked: CheckedModule, entry: FunctionId, counts: ReadonlyMap<number, number>): number {
  let bytes = 0;
  for (const id of checked.functions[entry]!.globals) {
    const { space, storeType } = checked.globals[id]!;
    if (space === SPACE.workgroup) bytes += Math.ceil(sizeOf(checked, storeType, counts) / 16) * 16;
  }
  return bytes;
}

/** Only the outermost array can be counted by an override. */
function sizeOf({ types }: CheckedModule, type: TypeId, counts: ReadonlyMap<number, number>): number {
  const isArray = types.kind(type) === TypeKind.array && types.countKind(type) === COUNT.override;
  return isArray ? types.strideOf(type) * (counts.get(types.overrideKey(type)) ?? 0) : types.sizeOf(type);
}
