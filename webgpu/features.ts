/**
 * Optional features, and the read-only sets in which they are shown.
 * @see https://www.w3.org/TR/webgpu/#features
 */
import { domString } from "./idl/convert.ts";
import { exposeInterface, type Made, MINT, madeOf } from "./idl/interface.ts";
import type { FeatureLevel } from "./limits.ts";

/** Every name that the specification knows: anything else is a TypeError. */
export const FEATURE_NAMES = [
  "core-features-and-limits",
  "depth-clip-control",
  "depth32float-stencil8",
  "texture-compression-bc",
  "texture-compression-bc-sliced-3d",
  "texture-compression-etc2",
  "texture-compression-astc",
  "texture-compression-astc-sliced-3d",
  "timestamp-query",
  "indirect-first-instance",
  "shader-f16",
  "rg11b10ufloat-renderable",
  "bgra8unorm-storage",
  "float32-filterable",
  "float32-blendable",
  "clip-distances",
  "dual-source-blending",
  "subgroups",
  "texture-formats-tier1",
  "texture-formats-tier2",
  "primitive-index",
  "texture-component-swizzle",
  "subgroup-size-control",
] as const;
export type FeatureName = (typeof FEATURE_NAMES)[number];

const REQUIRES: Partial<Record<FeatureName, FeatureName>> = {
  "texture-formats-tier2": "texture-formats-tier1",
  "texture-formats-tier1": "rg11b10ufloat-renderable",
  "texture-compression-bc-sliced-3d": "texture-compression-bc",
  "texture-compression-astc-sliced-3d": "texture-compression-astc",
  "subgroup-size-control": "subgroups",
};

/** All are offered. What only drawing and sampling would tell apart says itself that it is not supported yet. */
export const ADAPTER_FEATURES: ReadonlySet<FeatureName> = new Set(FEATURE_NAMES);

const LEVEL_FEATURES: { readonly [L in FeatureLevel]: ReadonlySet<FeatureName> } = {
  core: new Set(["core-features-and-limits"]),
  compatibility: new Set(),
};

/** Features of a new device: those asked for, what they require, and the level's default. */
export function deviceFeatures(asked: readonly FeatureName[], level: FeatureLevel): ReadonlySet<FeatureName> {
  if (asked.length === 0) return LEVEL_FEATURES[level];
  const features = new Set(LEVEL_FEATURES[level]);
  for (const name of asked) {
    for (let each: FeatureName | undefined = name; each !== undefined; each = REQUIRES[each]) features.add(each);
  }
  return features;
}

/**
 * The class of an interface that is a read-only set of strings.
 * @see https://webidl.spec.whatwg.org/#es-setlike
 */
function stringSetClass<const B extends string>(name: B) {
  class StringSet {
    declare readonly __brand: B;
    readonly #set: ReadonlySet<string>;
    constructor(...made: Made<ReadonlySet<string>>) {
      this.#set = madeOf(made);
    }
    get size(): number {
      return this.#set.size;
    }
    has(value: string): boolean {
      return this.#set.has(domString(value, `${name}.has`));
    }
    entries(): SetIterator<[string, string]> {
      return this.#set.entries();
    }
    keys(): SetIterator<string> {
      return this.#set.keys();
    }
    values(): SetIterator<string> {
      return this.#set.values();
    }
    forEach(callback: (value: string, key: string, set: ReadonlySet<string>) => void, self?: unknown): void {
      const set = this.#set;
      if (typeof callback !== "function") throw new TypeError(`${name}.forEach: the callback is not a function`);
      for (const value of set) Reflect.apply(callback, self, [value, value, this]);
    }
    declare [Symbol.iterator]: () => SetIterator<string>;
  }
  exposeInterface(name, StringSet);
  Object.defineProperty(StringSet.prototype, Symbol.iterator, { value: StringSet.prototype.values, writable: true, configurable: true });
  return StringSet;
}

export interface StringSetObject<B extends string> {
  readonly __brand: B;
  readonly size: number;
  has(value: string): boolean;
  entries(): SetIterator<[string, string]>;
  keys(): SetIterator<string>;
  values(): SetIterator<string>;
  forEach(callback: (value: string, key: string, set: ReadonlySet<string>) => void, self?: unknown): void;
  [Symbol.iterator](): SetIterator<string>;
}
type StringSetClass<B extends string> = {
  new (...made: Made<ReadonlySet<string>>): StringSetObject<B>;
  readonly prototype: StringSetObject<B>;
};

export type GPUSupportedFeatures = StringSetObject<"GPUSupportedFeatures">;
export const GPUSupportedFeatures: StringSetClass<"GPUSupportedFeatures"> = stringSetClass("GPUSupportedFeatures");
export type WGSLLanguageFeatures = StringSetObject<"WGSLLanguageFeatures">;
export const WGSLLanguageFeatures: StringSetClass<"WGSLLanguageFeatures"> = stringSetClass("WGSLLanguageFeatures");

export const supportedFeatures = (set: ReadonlySet<string>): GPUSupportedFeatures => new GPUSupportedFeatures(MINT, set);
export const wgslLanguageFeatures = (set: ReadonlySet<string>): WGSLLanguageFeatures => new WGSLLanguageFeatures(MINT, set);
