//! test run
//! dispatch 1; bind 0.0 u32 zero 16; bind 0.1 u32 1 2 0 0
// an infinite f16 becomes what an infinite f32 does, whether it is known before or not
enable f16;
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@group(0) @binding(1) var<storage, read> one: array<u32>;
var<private> zero: f16;
@compute @workgroup_size(1) fn main() {
  o[0] = u32(inverseSqrt(zero));
  o[1] = bitcast<u32>(i32(inverseSqrt(zero)));
  let x = f16(one[2]);
  o[2] = u32(inverseSqrt(x));
  o[3] = bitcast<u32>(i32(inverseSqrt(x)));
  o[4] = bitcast<u32>(i32(-inverseSqrt(x)));
  o[5] = u32(f16(one[1]) * 3.75h);
}

//! == run ==
//! 0.0 u32 4294967040 2147483520 4294967040 2147483520 2147483648 7 0 0 0 0 0 0 0 0 0 0
