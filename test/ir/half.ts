/** binary16 by its definition: sign, exponent and digits of the nearest multiple. */
export function halfOf(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const a = Math.abs(x);
  if (Number.isNaN(a)) return sign | 0x7e00;
  if (a >= 65520) return sign | 0x7c00;
  const exponent = a < 2 ** -14 ? -14 : Math.floor(Math.log2(a));
  const unit = 2 ** (exponent - 10);
  const q = a / unit;
  const floor = Math.floor(q);
  const rest = q - floor;
  const digits = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  // digits = 1024 + fraction for normal numbers, so that a carry goes on into the exponent
  return sign | (a < 2 ** -14 ? digits : ((exponent + 15) << 10) + digits - 1024);
}
export function ofHalf(h: number): number {
  const sign = h & 0x8000 ? -1 : 1;
  const exponent = (h >> 10) & 31;
  const fraction = h & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
