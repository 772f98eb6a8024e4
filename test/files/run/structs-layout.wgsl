//! test run
//! dispatch 1
//! bind 0.0 f32 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24
//! bind 0.1 f32 zero 24
struct In { a: vec3f, b: f32, m: mat2x3f, c: array<vec2f, 2>, d: vec4f }
struct Out { @size(16) a: f32, @align(16) b: vec3f, d: mat3x2f, e: f32 }
@group(0) @binding(0) var<storage, read> x: In;
@group(0) @binding(1) var<storage, read_write> y: Out;
@compute @workgroup_size(1) fn main() {
  y.a = x.b + x.d.w;
  y.b = x.a * x.m[1] + x.m[0].zyx;
  y.d = mat3x2f(x.c[0], x.c[1], x.d.xy);
  y.d[1].y += 0.5;
  y.e = x.m[1][2];
}

//! == run ==
//! 0.1 f32 24 0 0 0 16 26 38 0 13 14 15 16.5 17 18 11 0 0 0 0 0 0 0 0 0
