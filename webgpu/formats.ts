/**
 * Texture formats: one row per format.
 * @see https://www.w3.org/TR/webgpu/#texture-format-caps
 */
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

const allowed = (when: When, features: ReadonlySet<FeatureName>): boolean =>
  when === "Y" || (when !== "-" && features.has(FEATURE_OF[when]!));

export interface Format {
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
    blockWidth: 1,
    blockHeight: 1,
  };
}

const NOTHING = { blend: "-", resolve: "-", storageWrite: "-", storageRead: "-", storageReadWrite: "-", renderBytes: 0 } as const;

function depthFormat(aspects: readonly Aspect[], blockBytes: number, feature: FeatureName | null = null): Format {
  const sampleType = aspects[0] === "depth" ? "depth" : "uint";
  return {
    ...NOTHING,
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

function compressedFormat(feature: FeatureName, blockBytes: number, blockWidth = 4, blockHeight = 4): Format {
  return {
    ...NOTHING,
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
    const format = compressedFormat("texture-compression-astc", 16, width, height);
    return [`astc-${block}-unorm`, `astc-${block}-unorm-srgb`].map((name): [string, Format] => [name, format]);
  });
}

export const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ...Object.entries(COLOR).map(([name, columns]): [string, Format] => [name, colorFormat(name, columns)]),
  ["stencil8", depthFormat(["stencil"], 1)],
  ["depth16unorm", depthFormat(["depth"], 2)],
  ["depth24plus", depthFormat(["depth"], 4)],
  ["depth24plus-stencil8", depthFormat(["depth", "stencil"], 4)],
  ["depth32float", depthFormat(["depth"], 4)],
  ["depth32float-stencil8", depthFormat(["depth", "stencil"], 4, "depth32float-stencil8")],
  ...Object.entries(BC).map(([name, bytes]): [string, Format] => [name, compressedFormat("texture-compression-bc", bytes)]),
  ...Object.entries(ETC2).map(([name, bytes]): [string, Format] => [name, compressedFormat("texture-compression-etc2", bytes)]),
  ...astcFormats(),
]);

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
