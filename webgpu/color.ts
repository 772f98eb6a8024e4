/** Colours as the script gives them. @see https://www.w3.org/TR/webgpu/#colors-and-vectors */
import { type Format, isDepthStencil } from "./formats.ts";
import { type Converter, double, isObject } from "./idl/convert.ts";
import { dictionary, fromIterable, iteratorMethod, required } from "./idl/dictionary.ts";

export type Color = readonly [r: number, g: number, b: number, a: number];

const colorDict = dictionary(null, { a: required(double), b: required(double), g: required(double), r: required(double) });

/** (sequence<double> or GPUColorDict) */
export const color: Converter<Color> = (value, what) => {
  const method = isObject(value) ? iteratorMethod(value) : undefined;
  if (method === undefined) {
    const { r, g, b, a } = colorDict(value, what);
    return [r, g, b, a];
  }
  const [r, g, b, a, ...more] = fromIterable(value as object, method, double, what);
  if (r === undefined || g === undefined || b === undefined || a === undefined || more.length > 0) {
    throw new TypeError(`${what}: a color has 4 numbers`);
  }
  return [r, g, b, a];
};

/** Why a colour cannot be converted to texels of a format, or null. */
export function wrongColor(value: Color, format: Format): string | null {
  if (isDepthStencil(format)) return null;
  for (const component of value) {
    const integer = Math.trunc(component);
    const fits =
      format.sampleType === "sint"
        ? integer >= -0x8000_0000 && integer <= 0x7fff_ffff
        : format.sampleType === "uint"
          ? integer >= 0 && integer <= 0xffff_ffff
          : Number.isFinite(Math.fround(component));
    if (!fits) return `the component ${component} of clearValue does not fit the format "${format.name}"`;
  }
  return null;
}
