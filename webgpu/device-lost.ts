/** @see https://www.w3.org/TR/webgpu/#device-lost */
import { exposeInterface, type Made, madeOf } from "./idl/interface.ts";

export type LostReason = "unknown" | "destroyed";

export class GPUDeviceLostInfo {
  declare readonly __brand: "GPUDeviceLostInfo";
  readonly #info: { readonly reason: LostReason; readonly message: string };
  constructor(...made: Made<{ readonly reason: LostReason; readonly message: string }>) {
    this.#info = madeOf(made);
  }
  get reason(): LostReason {
    return this.#info.reason;
  }
  get message(): string {
    return this.#info.message;
  }
}
exposeInterface("GPUDeviceLostInfo", GPUDeviceLostInfo);
