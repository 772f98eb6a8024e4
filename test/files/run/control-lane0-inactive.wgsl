//! test run
//! dispatch 1; bind 0.0 u32 zero 8
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32) {
  if (i % 4u == 0u) { return; }
  var x = i;
  for (var k = 0u; k < i * 2u; k++) {
    x = x * 3u + k;
    if (x > 1000u) { break; }
  }
  o[i] = x;
}

//! == run ==
//! 0.0 u32 0 10 180 2366 0 1273 1516 1759
