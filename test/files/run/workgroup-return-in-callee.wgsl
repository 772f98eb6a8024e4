//! test run
//! dispatch 1
//! bind 0.0 u32 4 11 18 2
//! bind 0.1 zero 16
// Behind its last barrier, a function may return for some lanes and go on for others: inlined, that would be a jump out of what holds the barrier.
@group(0) @binding(0) var<storage, read> src: array<u32>;
@group(0) @binding(1) var<storage, read_write> dst: array<u32>;
fn count(l: u32) -> u32 {
  var x = l + 12u;
  workgroupBarrier();
  if (src[l] == 2u) { return 1000u; }
  for (var i = 0u; i < (x & 3u); i++) { x += 25u; }
  return x;
}
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) l: u32) { dst[l] = count(l); }

//! == run ==
//! 0.1 u32 12 88 64 1000
