/** @see https://www.w3.org/TR/webgpu/#gpu-adapterinfo */
import { exposeInterface, type Made, MINT, madeOf } from "./idl/interface.ts";

interface Info {
  readonly device: string;
  readonly description: string;
}

export class GPUAdapterInfo {
  declare readonly __brand: "GPUAdapterInfo";
  readonly #info: Info;
  constructor(...made: Made<Info>) {
    this.#info = madeOf(made);
  }
  get vendor(): string {
    return this.#info && "portcullis";
  }
  get architecture(): string {
    return this.#info && "software";
  }
  get device(): string {
    return this.#info.device;
  }
  get description(): string {
    return this.#info.description;
  }
  /** a wave has four lanes */
  get subgroupMinSize(): number {
    return this.#info && 4;
  }
  get subgroupMaxSize(): number {
    return this.#info && 4;
  }
  /** It is no GPU, and says so. */
  get isFallbackAdapter(): boolean {
    return this.#info && true;
  }
}
exposeInterface("GPUAdapterInfo", GPUAdapterInfo);

export function adapterInfo(tier: string): GPUAdapterInfo {
  const description = `Portcullis, a simulated GPU in software (${tier} tier): no hardware, verified shader code`;
  return new GPUAdapterInfo(MINT, { device: tier, description });
}
