//! test run
//! dispatch 1
//! bind 0.0 zero 80
//! bind 0.1 zero 80
// The bits in which lanes differ are shifted up to the sign, and back with it: each lane extends its own.
@group(0) @binding(0) var<storage, read_write> dots: array<i32, 20>;
@group(0) @binding(1) var<storage, read_write> shifts: array<vec2i, 10>;
@compute @workgroup_size(20) fn main(@builtin(local_invocation_index) l: u32) {
  dots[l] = dot4I8Packed(l << 6u, l);
  if l < 10u { shifts[l] = vec2i(bitcast<i32>(l << 30u) >> 30u, bitcast<i32>(l << 29u) >> 28u); }
}

//! == run ==
//! 0.0 u32 0 64 4294967040 4294967104 0 320 4294966528 4294966848 0 576 4294966016 4294966592 0 832 4294965504 4294966336 0 1088 4294964992 4294966080
//! 0.1 u32 0 0 1 2 4294967294 4 4294967295 6 0 4294967288 1 4294967290 4294967294 4294967292 4294967295 4294967294 0 0 1 2
