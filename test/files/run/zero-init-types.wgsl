//! test run
//! dispatch 3; bind 0.0 u32 zero 6
// every kind of variable is zero where it begins, also the second time
enable f16;
struct In { m: mat2x3f, h: vec3h, b: vec2<bool> }
struct Out { parts: array<In, 2>, n: i32, at: atomic<u32> }
struct Plain { parts: array<In, 2>, n: i32 }
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<workgroup> w: Out;
var<private> p: Plain;
fn sum(s: In) -> f32 { return s.m[0].x + s.m[1].z + f32(s.h.x + s.h.z) + f32(s.b.x) + f32(s.b.y); }
@compute @workgroup_size(2) fn main(@builtin(global_invocation_id) g: vec3u, @builtin(local_invocation_index) i: u32) {
  var total = sum(w.parts[i]) + f32(w.n) + f32(atomicLoad(&w.at)) + sum(p.parts[i]) + f32(p.n);
  workgroupBarrier();
  if (i == 0u) {
    w.parts[1] = In(mat2x3f(1, 2, 3, 4, 5, 6), vec3h(7), vec2(true));
    w.n = 3;
    atomicStore(&w.at, 9u);
  }
  p.parts[1].h.z = 4h;
  p.n = -1;
  for (var k = 0; k < 3; k++) {
    var f: Plain;
    total += sum(f.parts[(i + u32(k)) % 2u]) + f32(f.n);
    f.parts[(i + u32(k)) % 2u].m[1].z = 5.0;
    f.n = k;
    total += f.parts[0].m[1].z + f.parts[1].m[1].z; // 5 in each round
  }
  workgroupBarrier();
  o[g.x] = u32(total) * 1000u + u32(sum(w.parts[1])) * 10u + u32(w.n);
}

//! == run ==
//! 0.0 u32 15233 15233 15233 15233 15233 15233
