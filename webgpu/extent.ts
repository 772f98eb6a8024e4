/** Unions of a sequence and a dictionary: extents and origins. @see https://www.w3.org/TR/webgpu/#gpuextent3ddict */
import { type Converter, isObject, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, fromIterable, iteratorMethod, required } from "./idl/dictionary.ts";

export interface Extent3D {
  readonly width: number;
  readonly height: number;
  readonly depthOrArrayLayers: number;
}
export interface Origin2D {
  readonly x: number;
  readonly y: number;
}
export interface Origin3D {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

const extentDict: Converter<Extent3D> = dictionary(null, {
  depthOrArrayLayers: defaulted(uint32, 1),
  height: defaulted(uint32, 1),
  width: required(uint32),
});
const originDict: Converter<Origin3D> = dictionary(null, { x: defaulted(uint32, 0), y: defaulted(uint32, 0), z: defaulted(uint32, 0) });

function numbers(value: unknown, what: string): readonly number[] | undefined {
  const method = isObject(value) ? iteratorMethod(value) : undefined;
  return method && fromIterable(value as object, method, uint32, what);
}

export const extent3D: Converter<Extent3D> = (value, what) => {
  const list = numbers(value, what);
  if (list === undefined) return extentDict(value, what);
  const [width, height = 1, depthOrArrayLayers = 1] = list;
  if (width === undefined || list.length > 3) throw new TypeError(`${what}: an extent has 1 to 3 numbers, but this has ${list.length}`);
  return { width, height, depthOrArrayLayers };
};

export const origin3D: Converter<Origin3D> = (value, what) => {
  const list = numbers(value, what);
  if (list === undefined) return originDict(value, what);
  const [x = 0, y = 0, z = 0] = list;
  if (list.length > 3) throw new TypeError(`${what}: an origin has at most 3 numbers, but this has ${list.length}`);
  return { x, y, z };
};

const origin2Ddict: Converter<Origin2D> = dictionary(null, { x: defaulted(uint32, 0), y: defaulted(uint32, 0) });

export const origin2D: Converter<Origin2D> = (value, what) => {
  const list = numbers(value, what);
  if (list === undefined) return origin2Ddict(value, what);
  const [x = 0, y = 0] = list;
  if (list.length > 2) throw new TypeError(`${what}: an origin has at most 2 numbers, but this has ${list.length}`);
  return { x, y };
};
