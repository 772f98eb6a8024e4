//! test run
//! dispatch 2; bind 0.0 u32 zero 8
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<workgroup> w: array<u32, 4>;
var<private> p: array<u32, 4>;
@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) g: vec3u, @builtin(local_invocation_index) i: u32) {
  o[g.x] = w[i] + p[i];
  workgroupBarrier();
  w[i] = 7u;
  for (var k = 0u; k < 3u; k++) {
    var a: array<u32, 4>;
    a[(i + k) % 4u] += 1u;
    o[g.x] += a[0] + a[1] + a[2] + a[3];
  }
  p[i] = 9u;
}

//! == run ==
//! 0.0 u32 3 3 3 3 3 3 3 3
