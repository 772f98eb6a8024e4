//! test run
//! dispatch 3; bind 0.0 u32 range 30
@group(0) @binding(0) var<storage, read_write> v: array<u32>;
var<workgroup> tile: array<u32, 10>;
@compute @workgroup_size(10) fn main(@builtin(global_invocation_id) g: vec3u, @builtin(local_invocation_id) l: vec3u) {
  tile[l.x] = v[g.x];
  workgroupBarrier();
  v[g.x] = tile[9u - l.x] * 2u;
}

//! == run ==
//! 0.0 u32 18 16 14 12 10 8 6 4 2 0 38 36 34 32 30 28 26 24 22 20 58 56 54 52 50 48 46 44 42 40
