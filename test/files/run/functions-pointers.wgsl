//! test run
//! dispatch 1; bind 0.0 f32 zero 8
struct S { a: f32, b: vec3f, c: array<f32, 3> }
@group(0) @binding(0) var<storage, read_write> o: array<f32>;
var<private> counter: u32 = 3u;
fn bump(p: ptr<function, f32>, by: f32) { *p += by; counter++; }
fn fill(s: ptr<function, S>, i: u32) { (*s).c[i] = f32(counter); s.b.y = 7.0; }
fn sum(s: S) -> f32 { return s.a + s.b.x + s.b.y + s.b.z + s.c[0] + s.c[1] + s.c[2]; }
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32) {
  var s = S(1.0, vec3f(2.0), array(0.5, 0.25, 0.125));
  bump(&s.a, f32(i));
  fill(&s, i % 3u);
  let p = &s.c[2];
  *p *= 2.0;
  let t = s;
  s.a = 1000.0;
  o[i] = sum(t) + f32(counter) * 100.0;
}

//! == run ==
//! 0.0 f32 416.5 417.75 422.75 419.5 420.75 425.75 422.5 423.75
