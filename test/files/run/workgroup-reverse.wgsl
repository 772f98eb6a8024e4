//! test run
//! dispatch 3; bind 0.0 u32 range 30
@group(0) @binding(0) var<storage, read_write> v: array<u32>;
var<workgroup> tile: array<u32, 10>;
@compute @workgroup_size(10) fn main(@builtin(global_invocation_id) g: vec3u, @builtin(local_invocation_id) l: vec3u) {
  tile[l.x] = v[g.x];
  workgroupBarrier();
  v[g.x] = tile[9u - l.x] * 2u;
}
