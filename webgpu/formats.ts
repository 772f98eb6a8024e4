/**
 * Texture formats: one row per format.
 * @see https://www.w3.org/TR/webgpu/#texture-format-caps
 */
import { Ice } from "../support/failure.ts";
import type { DeviceCore } from "./device-core.ts";
import type { FeatureName } from "./features.ts";
import { enumeration } from "./idl/dictionary.ts";

export type Aspect = "color" | "depth" | "stencil";
export type SampleType = "float" | "unfilterable-float" | "depth" | "sint" | "uint";
export type StorageAccess = "write-only" | "read-only" | "read-write";

/**
 * When something is allowed: Y always, - never, else with a feature: 1 texture-formats-tier1, 2 texture-formats-tier2, C core-features-and-limits,
 * B bgra8unorm-storage, F float32-blendable, G rg11b10ufloat-renderable, L float32-filterable.
 */
type When = string;
const FEATURE_OF: Readonly<Record<string, FeatureName>> = {
  "1": "texture-formats-tier1",
  "2": "texture-formats-tier2",
  C: "core-features-and-limits",
  B: "bgra8unorm-storage",
  F: "float32-blendable",
  G: "rg11b10ufloat-renderable",
  L: "float32-filterable",
};

export const allowed = (when: When, features: ReadonlySet<FeatureName>): boolean =>
  when === "Y" || (when !== "-" && features.has(FEATURE_OF[when]!));

export interface Format {
  readonly name: string;
  /** needed to name the format at all */
  readonly feature: FeatureName | null;
  readonly aspects: readonly Aspect[];
  /** of the only aspect, or of the depth aspect: float (when `filterable`), sint, uint or depth */
  readonly sampleType: SampleType;
  readonly filterable: When;
  readonly render: When;
  readonly blend: When;
  readonly multisample: When;
  readonly resolve: When;
  readonly storageWrite: When;
  readonly storageRead: When;
  readonly storageReadWrite: When;
  /** texel block copy footprint, or memory cost for depth formats that are not copied */
  readonly blockBytes: number;
  readonly renderBytes: number;
  /** bytes of a component. @see https://www.w3.org/TR/webgpu/#render-target-component-alignment */
  readonly renderAlignment: number;
  readonly blockWidth: number;
  readonly blockHeight: number;
}

/** Columns: sample type (f filterable, u unfilterable, l filterable with L, i sint, n uint), render, blend, multisample, resolve, storage
 * write, read, read-write; bytes of a texel; bytes as a render target. */
const COLOR: Readonly<Record<string, string>> = {
  r8unorm: "f YYYY 112 1 1",
  r8snorm: "f 1111 11- 1 1",
  r8uint: "n Y-C- 112 1 1",
  r8sint: "i Y-C- 112 1 1",
  r16unorm: "u YYY- YY- 2 2",
  r16snorm: "u YYY- YY- 2 2",
  r16uint: "n Y-C- 112 2 2",
  r16sint: "i Y-C- 112 2 2",
  r16float: "f YYYY 112 2 2",
  rg8unorm: "f YYYY 11- 2 2",
  rg8snorm: "f 1111 11- 2 2",
  rg8uint: "n Y-C- 11- 2 2",
  rg8sint: "i Y-C- 11- 2 2",
  r32uint: "n Y--- YYY 4 4",
  r32sint: "i Y--- YYY 4 4",
  r32float: "l YFC- YYY 4 4",
  rg16unorm: "u YYY- YY- 4 4",
  rg16snorm: "u YYY- YY- 4 4",
  rg16uint: "n Y-C- 11- 4 4",
  rg16sint: "i Y-C- 11- 4 4",
  rg16float: "f YYYY 11- 4 4",
  rgba8unorm: "f YYYY YY2 4 8",
  "rgba8unorm-srgb": "f YYYY --- 4 8",
  rgba8snorm: "f 1111 YY- 4 8",
  rgba8uint: "n Y-C- YY2 4 4",
  rgba8sint: "i Y-C- YY2 4 4",
  bgra8unorm: "f YYYY B-- 4 8",
  "bgra8unorm-srgb": "f YYYY --- 4 8",
  rgb9e5ufloat: "f ---- --- 4 0",
  rgb10a2uint: "n Y-C- 11- 4 8",
  rgb10a2unorm: "f YYYY 11- 4 8",
  rg11b10ufloat: "f GGGG 11- 4 8",
  rg32uint: "n Y--- CC- 8 8",
  rg32sint: "i Y--- CC- 8 8",
  rg32float: "l YF-- CC- 8 8",
  rgba16unorm: "u YYY- YY- 8 8",
  rgba16snorm: "u YYY- YY- 8 8",
  rgba16uint: "n Y-C- YY2 8 8",
  rgba16sint: "i Y-C- YY2 8 8",
  rgba16float: "f YYCC YY2 8 8",
  rgba32uint: "n Y--- YY2 16 16",
  rgba32sint: "i Y--- YY2 16 16",
  rgba32float: "l YF-- YY2 16 16",
};

const SAMPLE_TYPES: Readonly<Record<string, { readonly sampleType: SampleType; readonly filterable: When }>> = {
  f: { sampleType: "float", filterable: "Y" },
  u: { sampleType: "unfilterable-float", filterable: "-" },
  l: { sampleType: "unfilterable-float", filterable: "L" },
  i: { sampleType: "sint", filterable: "-" },
  n: { sampleType: "uint", filterable: "-" },
};

function colorFormat(name: string, columns: string): Format {
  const [sample = "", target = "", storage = "", bytes = "", renderBytes = ""] = columns.split(" ");
  const [render = "-", blend = "-", multisample = "-", resolve = "-"] = target;
  const [storageWrite = "-", storageRead = "-", storageReadWrite = "-"] = storage;
  const tier1 = /^r(g|gba)?16[us]norm$/.test(name);
  return {
    name,
    feature: tier1 ? "texture-formats-tier1" : name === "bgra8unorm-srgb" ? "core-features-and-limits" : null,
    aspects: ["color"],
    ...SAMPLE_TYPES[sample]!,
    render,
    blend,
    multisample,
    resolve,
    storageWrite,
    storageRead,
    storageReadWrite,
    blockBytes: Number(bytes),
    renderBytes: Number(renderBytes),
    renderAlignment: Number(/^(?:rgba|bgra|rg|r)(8|16|32)/.exec(name)?.[1] ?? 32) / 8,
    blockWidth: 1,
    blockHeight: 1,
  };
}

const NOTHING = {
  blend: "-",
  resolve: "-",
  storageWrite: "-",
  storageRead: "-",
  storageReadWrite: "-",
  renderBytes: 0,
  renderAlignment: 4,
} as const;

function depthFormat(name: string, aspects: readonly Aspect[], blockBytes: number, feature: FeatureName | null = null): Format {
  const sampleType = aspects[0] === "depth" ? "depth" : "uint";
  return {
    ...NOTHING,
    name,
    feature,
    aspects,
    sampleType,
    filterable: "-",
    render: "Y",
    multisample: "Y",
    blockBytes,
    blockWidth: 1,
    blockHeight: 1,
  };
}

function compressedFormat(name: string, feature: FeatureName, blockBytes: number, blockWidth = 4, blockHeight = 4): Format {
  return {
    ...NOTHING,
    name,
    feature,
    aspects: ["color"],
    sampleType: "float",
    filterable: "Y",
    render: "-",
    multisample: "-",
    blockBytes,
    blockWidth,
    blockHeight,
  };
}

const BC: Readonly<Record<string, number>> = {
  "bc1-rgba-unorm": 8,
  "bc1-rgba-unorm-srgb": 8,
  "bc2-rgba-unorm": 16,
  "bc2-rgba-unorm-srgb": 16,
  "bc3-rgba-unorm": 16,
  "bc3-rgba-unorm-srgb": 16,
  "bc4-r-unorm": 8,
  "bc4-r-snorm": 8,
  "bc5-rg-unorm": 16,
  "bc5-rg-snorm": 16,
  "bc6h-rgb-ufloat": 16,
  "bc6h-rgb-float": 16,
  "bc7-rgba-unorm": 16,
  "bc7-rgba-unorm-srgb": 16,
};
const ETC2: Readonly<Record<string, number>> = {
  "etc2-rgb8unorm": 8,
  "etc2-rgb8unorm-srgb": 8,
  "etc2-rgb8a1unorm": 8,
  "etc2-rgb8a1unorm-srgb": 8,
  "etc2-rgba8unorm": 16,
  "etc2-rgba8unorm-srgb": 16,
  "eac-r11unorm": 8,
  "eac-r11snorm": 8,
  "eac-rg11unorm": 16,
  "eac-rg11snorm": 16,
};
const ASTC_BLOCKS = ["4x4", "5x4", "5x5", "6x5", "6x6", "8x5", "8x6", "8x8", "10x5", "10x6", "10x8", "10x10", "12x10", "12x12"];

function astcFormats(): [string, Format][] {
  return ASTC_BLOCKS.flatMap((block) => {
    const [width = 4, height = 4] = block.split("x").map(Number);
    return [`astc-${block}-unorm`, `astc-${block}-unorm-srgb`].map((name): [string, Format] => [
      name,
      compressedFormat(name, "texture-compression-astc", 16, width, height),
    ]);
  });
}

export const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ...Object.entries(COLOR).map(([name, columns]): [string, Format] => [name, colorFormat(name, columns)]),
  ["stencil8", depthFormat("stencil8", ["stencil"], 1)],
  ["depth16unorm", depthFormat("depth16unorm", ["depth"], 2)],
  ["depth24plus", depthFormat("depth24plus", ["depth"], 4)],
  ["depth24plus-stencil8", depthFormat("depth24plus-stencil8", ["depth", "stencil"], 4)],
  ["depth32float", depthFormat("depth32float", ["depth"], 4)],
  ["depth32float-stencil8", depthFormat("depth32float-stencil8", ["depth", "stencil"], 4, "depth32float-stencil8")],
  ...Object.entries(BC).map(([name, bytes]): [string, Format] => [name, compressedFormat(name, "texture-compression-bc", bytes)]),
  ...Object.entries(ETC2).map(([name, bytes]): [string, Format] => [name, compressedFormat(name, "texture-compression-etc2", bytes)]),
  ...astcFormats(),
]);

/** @param name what `textureFormat` let through */
export function formatOf(name: string): Format {
  const format = FORMATS.get(name);
  if (format === undefined) throw new Ice(`no texture format "${name}"`);
  return format;
}

export const isCompressed = (format: Format): boolean => format.blockWidth > 1 || format.blockHeight > 1;
export const isDepthStencil = (format: Format): boolean => format.aspects[0] !== "color";
export const hasAspect = (format: Format, aspect: Aspect): boolean => format.aspects.includes(aspect);
/** Whether it can be an attachment that colours are written to. */
export const isColorRenderable = (format: Format, features: ReadonlySet<FeatureName>): boolean =>
  !isDepthStencil(format) && allowed(format.render, features);
export const isRenderable = (format: Format, features: ReadonlySet<FeatureName>): boolean => allowed(format.render, features);

/** Bytes in memory of a texel block of one aspect. Depth of 24 bits or more is kept as f32. */
export function aspectBytes(format: Format, aspect: Aspect): number {
  if (aspect === "color") return format.blockBytes;
  return aspect === "stencil" ? 1 : format.name === "depth16unorm" ? 2 : 4;
}

/** The format that a view of one aspect has; null where there is no such aspect. @see https://www.w3.org/TR/webgpu/#aspect-specific-format */
export function aspectFormat(format: Format, aspect: "all" | "stencil-only" | "depth-only"): string | null {
  if (aspect === "all") return format.name;
  const wanted = aspect === "stencil-only" ? "stencil" : "depth";
  if (!hasAspect(format, wanted)) return null;
  if (wanted === "stencil") return "stencil8";
  return format.name.replace("-stencil8", "");
}

export function aspectsOf(format: Format, aspect: "all" | "stencil-only" | "depth-only"): readonly Aspect[] {
  if (aspect === "all") return format.aspects;
  const wanted = aspect === "stencil-only" ? "stencil" : "depth";
  return hasAspect(format, wanted) ? [wanted] : [];
}

const withoutSrgb = (name: string): string => name.replace("-srgb", "");

/** @see https://www.w3.org/TR/webgpu/#texture-view-format-compatible */
export function areViewCompatible(a: string, b: string, features: ReadonlySet<FeatureName>): boolean {
  if (a === b) return true;
  return features.has("core-features-and-limits") && withoutSrgb(a) === withoutSrgb(b);
}

/** @see https://www.w3.org/TR/webgpu/#copy-compatible */
export const areCopyCompatible = (a: Format, b: Format): boolean => withoutSrgb(a.name) === withoutSrgb(b.name);

/** Whether textures of the format can have three dimensions. */
export function supports3d(format: Format, features: ReadonlySet<FeatureName>): boolean {
  if (isDepthStencil(format)) return false;
  if (!isCompressed(format)) return true;
  if (format.feature === "texture-compression-bc") return features.has("texture-compression-bc-sliced-3d");
  return format.feature === "texture-compression-astc" && features.has("texture-compression-astc-sliced-3d");
}

/** What a binding with a sample type may be given. */
export function sampleTypesOf(format: Format, aspect: Aspect, features: ReadonlySet<FeatureName>): readonly SampleType[] {
  if (aspect === "depth") return ["depth", "unfilterable-float"];
  if (aspect === "stencil") return ["uint"];
  if (format.sampleType === "sint" || format.sampleType === "uint") return [format.sampleType];
  return allowed(format.filterable, features) ? ["float", "unfilterable-float"] : ["unfilterable-float"];
}

/** Whether an aspect can be copied to a buffer ("read") or from one ("write"). @see https://www.w3.org/TR/webgpu/#depth-formats */
export function isCopyable(format: Format, aspect: Aspect, direction: "read" | "write"): boolean {
  if (aspect !== "depth") return true;
  if (format.name === "depth16unorm") return true;
  return format.name.startsWith("depth32float") && direction === "read";
}

/** Components that a fragment shader must write, and whether the last is alpha. */
export function componentsOf(format: Format): number {
  if (format.name.startsWith("rgba") || format.name.startsWith("bgra") || format.name.startsWith("rgb10a2")) return 4;
  if (format.name.startsWith("rg11") || format.name.startsWith("rgb9")) return 3;
  return format.name.startsWith("rg") ? 2 : 1;
}

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-calculating-color-attachment-bytes-per-sample */
export function bytesPerSample(formats: readonly Format[]): number {
  let total = 0;
  for (const format of formats) {
    const { renderAlignment } = format;
    total = Math.ceil(total / renderAlignment) * renderAlignment + format.renderBytes;
  }
  return total;
}

export const textureFormat = enumeration("GPUTextureFormat", [...FORMATS.keys()]);

/** @throws TypeError when the device lacks the feature that the format needs: as if the name were unknown */
export function requireFormatFeature(name: string, device: DeviceCore, what: string): void {
  const feature = FORMATS.get(name)?.feature ?? null;
  if (feature !== null && !device.features.has(feature)) {
    throw new TypeError(`${what}: the format "${name}" needs the feature "${feature}"; list it in requiredFeatures of requestDevice`);
  }
}

/** How shaders may use textures of a format as storage. */
export function storageAccessOf(name: string, features: ReadonlySet<FeatureName>): readonly StorageAccess[] {
  const format = FORMATS.get(name);
  if (format === undefined) return [];
  const access: StorageAccess[] = [];
  if (allowed(format.storageWrite, features)) access.push("write-only");
  if (allowed(format.storageRead, features)) access.push("read-only");
  if (allowed(format.storageReadWrite, features)) access.push("read-write");
  return access;
}
