/** Random programs of one access, at offsets and with regions where something is about to be outside. */
import { assemble } from "../../sandbox/isa/assemble.ts";
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import { pick } from "../campaign/random.ts";
import type { Setting } from "./tiers.ts";

const WIDTHS = { u8: 1, u16: 2, "32": 4, "64": 8, "96": 12, "128": 16 } as const;

export interface Edge {
  readonly parts: ObjectParts;
  readonly bound: NonNullable<Setting["bound"]>;
}

/** Slots: 0 accessed, 1 results, 2 offsets per lane, of a scalar, and which lanes are active. */
export function accessEdge(next: () => number): Edge {
  const suffix = pick(next, Object.keys(WIDTHS) as (keyof typeof WIDTHS)[]);
  const width = WIDTHS[suffix];
  const min = pick(next, [width, width + 1, width + 3, 4 * width, 4 * width + 1, 40, 41, 67, 100, 0, 3, 5]);
  const size = Math.max(4, min) + pick(next, [0, 0, 0, 1, 2, 3, 4, 5, 16, 37]);
  const text = accessText(next, suffix, width, min, pick(next, ["v0", "w1", "w1, contig", "g1", "g1, contig"]));
  const offset = () =>
    pick(next, [
      0,
      1,
      2,
      3,
      4,
      5,
      7,
      8,
      12,
      16,
      size - width,
      size - width + 1,
      size - width - 1,
      size - 4 * width,
      size,
      size - 3 * width,
      min,
      min - width,
      0x7fffffff,
      0x80000000,
      0xffffffff,
      0xfffffff0,
      0xfffffff4,
      next() % (size + 8),
    ]) >>> 0;
  const active = () => (next() % 3 === 0 ? 0 : 1);
  const words = Array.from({ length: 16 }, (_, i) => (i < 8 ? offset() : active()));
  const fill = Array.from({ length: 64 }, () => next());
  return {
    parts: partsOf(text),
    bound: { 0: { words: fill, size }, 1: { words: [], size: 512 }, 2: { words, size: 64 } },
  };
}

function partsOf(text: string): ObjectParts {
  const result = assemble(text);
  if (!result.ok) throw new Error(`${result.errors.map((e) => `${e.line}: ${e.message}`).join("\n")}\n${text}`);
  return result.parts;
}

function accessText(next: () => number, suffix: keyof typeof WIDTHS, width: number, min: number, at: string): string {
  const [register, contiguous] = at.split(", ");
  const isStore = next() % 2 === 0;
  const isMasked = next() % 2 === 0;
  const isScratch = next() % 4 === 0 && min % 4 === 0 && min >= width && contiguous === undefined;
  const op = isStore ? `st.${suffix.replace("u", "")}` : `ld.${suffix}`;
  const data = isScratch && !isStore ? "v4" : contiguous === undefined && register !== "v0" && next() % 3 === 0 ? "w4" : "v4";
  const where = address(next, width, min, register!, contiguous !== undefined);
  const access = `${op} ${data}, s${isScratch ? 3 : 0}[${where.place}], ${where.mode}${where.isContiguous ? ", contig" : ""}`;
  const lines = [
    ".workgroup 4 1 1",
    `.slot 0 storage read write min=${min}`,
    ".slot 1 storage read write min=512",
    ".slot 2 storage read min=64",
    ...(isScratch ? [`.slot 3 scratch read write min=${min}`] : []),
    ".func main",
    "  ld.32 v0, s2[0], K, contig",
    "  ld.32 g1, s2[16], K",
    "  mov w1, g1",
    "  ld.32 v1, s2[32], K, contig",
    ...["v4", "v5", "v6", "v7"].map((v, k) => `  imul ${v}, v0, #${0x01234567 + k * 0x1111}`),
    ...["w4", "w5", "w6", "w7"].map((w, k) => `  imul ${w}, w1, #${0x07654321 + k * 0x1111}`),
    ...(isScratch ? [0, 4, 8, 12].filter((k) => k + 4 <= min).map((k) => `  st.32 v5, s3[${k}], K`) : []),
    ...(isMasked ? ["  if v1", `    ${access}`, "  end"] : [`  ${access}`]),
    ...["v4", "v5", "v6", "v7"].map((v, k) => `  st.32 ${v}, s1[${k * 16}], K, contig`),
    ...["w4", "w5", "w6", "w7"].map((w, k) => `  st.32 ${w}, s1[${64 + k * 4}], K`),
    ...(isScratch
      ? [0, 4, 8, 12].filter((k) => k + 4 <= min).map((k) => `  ld.32 v4, s3[${k}], K\n  st.32 v4, s1[${128 + k * 16}], K, contig`)
      : []),
    "  ret",
    ".end",
  ];
  return lines.join("\n");
}

function address(next: () => number, width: number, min: number, register: string, contiguous: boolean) {
  const align = Math.min(width, 4);
  const aligned = (n: number) => Math.max(0, Math.floor(n / align) * align);
  const reach = contiguous ? 4 * width : width;
  const off = aligned(pick(next, [0, 0, 4, min - width, min - width + align, min, min - 4 * width, 64]));
  const roll = next() % 6;
  if (roll === 0 && min >= reach) return { place: `${aligned(Math.min(min - reach, off))}`, mode: "K", isContiguous: contiguous };
  if (roll === 1 && min >= width) {
    const at = Math.floor(pick(next, [0, 0, min - width, 4]) / 4) * 4;
    if (at + width <= min) {
      const lim = Math.floor((min - width - at) / 4) * 4;
      return { place: `${register} + ${at}`, mode: `N lim=${lim}`, isContiguous: contiguous };
    }
  }
  const power = width === 12 ? 16 : width;
  if (roll === 2 && !contiguous && min >= Math.max(4, power)) {
    const bits = Math.max(2, Math.log2(power)) + (next() % 2);
    if (2 ** bits <= min)
      return {
        place: `${register} + ${Math.floor((min - 2 ** bits) / 4) * 4 * (next() % 2)}`,
        mode: `M bits=${bits}`,
        isContiguous: false,
      };
  }
  const mode = roll <= 3 && min >= width ? "C" : pick(next, ["Z", "Z", "T"]);
  return { place: `${register} + ${off}`, mode, isContiguous: contiguous };
}
