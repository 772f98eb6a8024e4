//! test run
//! dispatch 2
//! bind 0.0 u32 range 32
//! bind 0.1 zero 512
// Values of every kind in and out of functions: scalars, vectors, matrices, structs, arrays, bools, f16, and more of them than registers take.
enable f16;
struct Pair { a: vec2u, b: bool, c: array<f32, 3> }
struct Big { m: mat4x4f, v: array<vec4u, 5> }
@group(0) @binding(0) var<storage, read> src: array<u32>;
@group(0) @binding(1) var<storage, read_write> dst: array<u32>;
fn twice(x: u32) -> u32 { return x * 2u; }
fn nothing() { dst[100] = 7u; }
fn seven() -> u32 { return 7u; }
fn turn(v: vec3f, k: f32) -> vec3f { return v.yzx * k + twiceOf(v); }
fn twiceOf(v: vec3f) -> vec3f { return v + v; }
fn pair(x: u32, flip: bool) -> Pair { return Pair(vec2u(x, twice(x)), !flip, array<f32, 3>(1.0, f32(x), 3.0)); }
fn sum(p: Pair) -> u32 {
  if (p.b) { return p.a.x + p.a.y; }
  return u32(p.c[0] + p.c[1] + p.c[2]);
}
fn big(b: Big, i: u32) -> Big {
  var r = b;
  r.m[i & 3u].y = 5.0;
  r.v[i % 5u] += vec4u(i);
  return r;
}
fn half(x: f16, v: vec2h) -> f16 { return x * v.x + v.y; }
fn halves(x: f16) -> vec2h { return vec2h(x, half(x, vec2h(2.0h, 0.5h))); }
fn matrix(m: mat2x3f, v: vec2f) -> vec3f { return m * v; }
fn pick(c: bool, a: i32, b: i32) -> bool { return select(a, b, c) > 3; }
fn sort3(a: array<u32, 3>) -> array<u32, 3> {
  var r = a;
  for (var i = 0; i < 2; i++) { for (var k = 0; k < 2; k++) { if (r[k] > r[k + 1]) { let t = r[k]; r[k] = r[k + 1]; r[k + 1] = t; } } }
  return r;
}
@compute @workgroup_size(8) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let x = src[i];
  nothing();
  let v = turn(vec3f(f32(x), 1.0, 2.0), 3.0);
  let p = pair(x, (x & 1u) == 0u);
  var b: Big;
  b.m[1] = vec4f(1.0);
  b = big(big(b, x), x + 1u);
  let s = sort3(array<u32, 3>(x ^ 5u, x, seven()));
  var total = u32(v.x + v.y + v.z) + sum(p);
  total += u32(b.m[0].y + b.m[1].y + b.m[2].y + b.m[3].y) + b.v[x % 5u].z + b.v[(x + 1u) % 5u].x;
  total = total * 8u + s[0] + s[1] * 2u + s[2] * 3u;
  let h = halves(f16(x));
  total += u32(h.x) * 3u + u32(h.y * 2.0h);
  let m = matrix(mat2x3f(1.0, 2.0, 3.0, 4.0, 5.0, f32(x)), vec2f(2.0, 1.0));
  total += u32(m.x + m.y + m.z) + select(0u, 1000u, pick(x > 4u, i32(x), 2));
  dst[i] = total;
}

//! == run ==
//! 0.1 u32 293 348 451 538 1580 701 738 891 900 1083 1062 1277 1187 1436 1349 1630 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 7 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
