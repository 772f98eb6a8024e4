/** The largest f32 that an i32, and that a u32 holds: where float to integer conversions end. @see https://www.w3.org/TR/WGSL/#floating-point-conversion */
export const MAX_I32_AS_F32 = 2147483520;
export const MAX_U32_AS_F32 = 4294967040;
