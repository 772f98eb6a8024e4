//! test run
//! dispatch 1; bind 0.0 u32 1 2 3 4 5 6 7; bind 0.1 u32 zero 16; bind 0.2 u32 range 16; bind 0.3 u32 zero 5
// an index out of range stays inside its variable: what is around it keeps its value, and nothing traps
struct Fixed { before: u32, a: array<u32, 3>, after: u32 }
struct Around { before: u32, f: Fixed, after: u32 }
@group(0) @binding(0) var<storage, read> v: array<u32>;
@group(0) @binding(1) var<storage, read_write> ok: array<u32, 16>;
@group(0) @binding(2) var<uniform> u: array<vec4u, 4>;
@group(0) @binding(3) var<storage, read_write> fixed: Fixed;
var<workgroup> w: Around;
var<private> p: Around;
fn is(i: u32, good: bool) { ok[i] = select(0u, 1u, good); }
fn put(q: ptr<function, array<u32, 3>>, i: i32) { (*q)[i] = 99u; }
fn at(m: mat3x3f, i: i32, k: u32) -> f32 { return m[i][k]; }
@compute @workgroup_size(1) fn main() {
  let far = v[0] * 4000000000u; // 4 000 000 000
  let below = -i32(v[0]);
  is(0, v[far] >= 1u && v[far] <= 7u && v[below] >= 1u && v[below] <= 7u);
  is(1, u[far].x < 16u && u[1][far] < 16u && u[below][below] < 16u);
  fixed.a[far] = 9u;
  fixed.a[below] = 9u;
  is(2, fixed.before == 0u && fixed.after == 0u);
  w.f.a[far] = 9u;
  w.f.a[below] = 9u;
  is(3, w.before + w.f.before + w.f.after + w.after == 0u);
  p.f.a[far] = 9u;
  p.f.a[below] = 9u;
  is(4, p.before + p.f.before + p.f.after + p.after == 0u);
  var a: array<u32, 3>;
  var b: array<u32, 3>;
  put(&a, below);
  put(&b, i32(far));
  is(5, (a[0] == 99u || a[0] == 0u) && (a[2] == 99u || a[2] == 0u) && a[1] % 99u == 0u);
  let m = mat3x3f(1, 2, 3, 4, 5, 6, 7, 8, 9);
  is(6, at(m, below, far) >= 0 && at(m, below, far) <= 9); // of a value, zero will do
  var x = vec3u(1, 2, 3);
  x[far] = 1u;
  x[below] = 2u;
  is(7, all(x >= vec3u(1)) && all(x <= vec3u(3)));
  let q = &fixed.a[far];
  *q = 7u;
  is(8, *q == 7u && fixed.before == 0u && fixed.after == 0u);
  ok[far] += 0u;
  ok[below] += 0u;
}

//! == run ==
//! 0.1 u32 1 1 1 1 1 1 1 1 1 0 0 0 0 0 0 0
//! 0.3 u32 0 0 0 7 0
