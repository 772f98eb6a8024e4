//! test run
//! dispatch 1; bind 0.0 f32 1 2 3 4; bind 0.1 f32 zero 24; bind 0.2 u32 zero 8
@group(0) @binding(0) var<storage, read> x: vec4f;
@group(0) @binding(1) var<storage, read_write> o: array<vec4f, 6>;
@group(0) @binding(2) var<storage, read_write> u: array<vec4u, 2>;
@compute @workgroup_size(1) fn main() {
  o[0] = x.wzyx * 2.0 + vec4f(x.xy, 0.5, -1.0);
  var v = x;
  v.y = 10.0;
  v[3] += v.y;
  o[1] = v;
  o[2] = select(x, v, x < vec4f(2.5));
  o[3] = mix(x, v, 0.25) + vec4f(length(x.xyz), distance(x, v), dot(x, v), 1.0);
  o[4] = vec4f(normalize(vec3f(3.0, 0.0, 4.0)), step(2.0, x.z));
  o[5] = clamp(v, vec4f(1.5), vec4f(5.0)) % vec4f(1.25);
  u[0] = vec4u(x) << vec4u(1u, 2u, 3u, 4u);
  u[1] = vec4u(u32(any(x > vec4f(3.5))), u32(all(x > vec4f(3.5))), pack4x8unorm(x / 4.0), pack2x16float(x.xy));
}

//! == run ==
//! 0.1 f32 9 8 4.5 1 1 10 3 14 1 10 3 4 4.7416573 16.806248 89 7.5 0.6 0 0.8 1 0.25 0 0.5 0
//! 0.2 u32 2 8 24 64 1 0 4290740288 1073757184
