//! test run
//! dispatch 1; bind 0.0 u32 zero 96
// what is cheap is worked out again after a barrier; not from a value that a loop made
enable subgroups;
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<private> zero: u32;
var<private> at: u32;
var<workgroup> w: array<u32, 6>;
fn put(i: u32, x: u32) { o[i * 16u + at % 16u] = o[i * 16u + at % 16u] * 31u + x; at++; }
@compute @workgroup_size(6) fn main(@builtin(local_invocation_index) i: u32) {
  if (subgroupAny(zero == 0u)) {
    for (var k = 0u; k < 60u; k++) { put(i, 1u); if (k == 5u) { break; } }
  }
  put(i, 0u);
  w[i] = 3u;
  workgroupBarrier();
  put(i, w[0]);
}

//! == run ==
//! 0.0 u32 1 1 1 1 1 1 0 3 0 0 0 0 0 0 0 0 1 1 1 1 1 1 0 3 0 0 0 0 0 0 0 0 1 1 1 1 1 1 0 3 0 0 0 0 0 0 0 0 1 1 1 1 1 1 0 3 0 0 0 0 0 0 0 0 1 1 1 1 1 1 0 3 0 0 0 0 0 0 0 0 1 1 1 1 1 1 0 3 0 0 0 0 0 0 0 0
