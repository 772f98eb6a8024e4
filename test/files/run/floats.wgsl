//! test run
//! dispatch 1
//! bind 0.0 f32 0 1 -1.5 2.5 -0.25 1e10 -3.75 0.1
//! bind 0.1 f32 zero 80
//! bind 0.2 i32 zero 32
@group(0) @binding(0) var<storage, read> x: array<f32, 8>;
@group(0) @binding(1) var<storage, read_write> o: array<f32, 80>;
@group(0) @binding(2) var<storage, read_write> n: array<i32, 32>;
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32) {
  let a = x[i];
  let b = x[(i + 1u) & 7u];
  let k = i * 10u;
  o[k] = a + b; o[k + 1u] = a * b - 1.0; o[k + 2u] = floor(a) + ceil(a) * 0.5; o[k + 3u] = trunc(a); o[k + 4u] = round(a);
  o[k + 5u] = min(a, b); o[k + 6u] = max(a, b); o[k + 7u] = clamp(a, -1.0, 2.0); o[k + 8u] = sign(a) + abs(a) * 2.0; o[k + 9u] = fract(a);
  n[i * 4u] = i32(a); n[i * 4u + 1u] = bitcast<i32>(u32(a)); n[i * 4u + 2u] = bitcast<i32>(f32(i32(a) / 3)); n[i * 4u + 3u] = select(0, 1, a < b) + select(0, 10, a != a) + select(0, 100, a >= b);
}

//! == run ==
//! 0.1 f32 1 -1 0 0 0 0 1 0 0 0 -0.5 -2.5 1.5 1 1 -1.5 1 1 3 0 1 -4.75 -2.5 -1 -2 -1.5 2.5 -1 2 0.5 2.25 -1.625 3.5 2 2 -0.25 2.5 2 6 0.5 10000000000 -2500000000 -1 -0 -0 -0.25 10000000000 -0.25 -0.5 0.75 10000000000 -37500000000 15000000000 10000000000 10000000000 -3.75 10000000000 2 20000000000 0 -3.65 -1.375 -5.5 -3 -4 -3.75 0.1 -1 6.5 0.25 0.1 -1 0.5 0 0 0 0.1 0.1 1.2 0.1
//! 0.2 i32 0 0 0 1 1 1 0 100 -1 0 0 1 2 2 0 100 0 0 0 1 2147483520 -256 1311419050 100 -3 0 -1082130432 1 0 0 0 100
