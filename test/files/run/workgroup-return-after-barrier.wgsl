//! test run
//! dispatch 2; bind 0.0 u32 zero 2
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<workgroup> sum: atomic<u32>;
@compute @workgroup_size(20) fn main(@builtin(local_invocation_index) i: u32, @builtin(workgroup_id) w: vec3u) {
  atomicAdd(&sum, i * (w.x + 1u));
  workgroupBarrier();
  if (i != 0u) { return; }
  var t = atomicLoad(&sum);
  for (var k = 0u; k < 3u; k++) { t = t * 2u + k; }
  o[w.x] = t;
}

//! == run ==
//! 0.0 u32 1524 3044
