/**
 * Conversion of JavaScript values to WebIDL types. A converter may run the caller's code (getters, valueOf, iterators), so every API call
 * converts all its arguments first and looks at state after that.
 * @see https://webidl.spec.whatwg.org/#es-type-mapping
 */

/** @param what names the value in messages: "createBuffer: descriptor.size" @throws TypeError when the value cannot be converted */
export type Converter<T> = (value: unknown, what: string) => T;

export const isObject = (value: unknown): value is object => (typeof value === "object" && value !== null) || typeof value === "function";

/** How a value reads in a message: short, and without running its code. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "bigint") return `${value}n`;
  return String(value);
}

/** ToNumber, as `+value`: throws TypeError for symbols and bigints. */
function toNumber(value: unknown, what: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "symbol") throw new TypeError(`${what}: ${show(value)} is not a number`);
  return Number(value);
}

function enforceRange(value: unknown, what: string, low: number, high: number): number {
  const number = toNumber(value, what);
  if (!Number.isFinite(number)) throw new TypeError(`${what}: ${show(value)} is not a finite number`);
  const integer = Math.trunc(number) + 0;
  if (integer < low || integer > high) throw new TypeError(`${what}: ${number} is outside the range ${low} to ${high}`);
  return integer;
}

/** [EnforceRange] unsigned long: GPUSize32, GPUIndex32, flags. */
export const uint32: Converter<number> = (value, what) =>
  typeof value === "number" && value >>> 0 === value ? value : enforceRange(value, what, 0, 0xffff_ffff);

/** [EnforceRange] long: GPUSignedOffset32, GPUDepthBias. */
export const int32: Converter<number> = (value, what) =>
  typeof value === "number" && (value | 0) === value ? value + 0 : enforceRange(value, what, -0x8000_0000, 0x7fff_ffff);

/** [EnforceRange] unsigned long long: GPUSize64. Stays exact: WebIDL allows up to 2^53 - 1. */
export const size64: Converter<number> = (value, what) =>
  typeof value === "number" && value >>> 0 === value ? value : enforceRange(value, what, 0, Number.MAX_SAFE_INTEGER);

/** unsigned long without extended attributes: modulo 2^32. */
export const uint32Modulo: Converter<number> = (value, what) => toNumber(value, what) >>> 0;

/** [Clamp] unsigned short: halves round to even. */
export const uint16Clamp: Converter<number> = (value, what) => {
  const number = Math.min(Math.max(toNumber(value, what), 0), 0xffff);
  if (Number.isNaN(number)) return 0;
  const floor = Math.floor(number);
  const fraction = number - floor;
  return fraction > 0.5 || (fraction === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
};

/** double: finite. */
export const double: Converter<number> = (value, what) => {
  const number = toNumber(value, what);
  if (!Number.isFinite(number)) throw new TypeError(`${what}: ${show(value)} is not a finite number`);
  return number;
};

/** float: finite once rounded to single precision. */
export const float: Converter<number> = (value, what) => {
  const number = Math.fround(double(value, what));
  if (!Number.isFinite(number)) throw new TypeError(`${what}: ${show(value)} is too large for a float`);
  return number;
};

export const boolean: Converter<boolean> = (value) => Boolean(value);

export const domString: Converter<string> = (value, what) => {
  if (typeof value === "string") return value;
  if (typeof value === "symbol") throw new TypeError(`${what}: a symbol is not a string`);
  return String(value);
};

/** A string without lone surrogates: they become U+FFFD. */
export const usvString: Converter<string> = (value, what) => {
  const string = domString(value, what);
  return LONE_SURROGATE.test(string) ? string.replace(LONE_SURROGATES, "\ufffd") : string;
};
const LONE_SURROGATE = /\p{Surrogate}/u;
const LONE_SURROGATES = /\p{Surrogate}/gu;
