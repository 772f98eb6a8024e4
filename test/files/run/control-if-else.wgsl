//! test run
//! dispatch 1; bind 0.0 u32 zero 13
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(13) fn main(@builtin(local_invocation_index) i: u32) {
  var r = 0u;
  if (i < 3u) { r = 1u; } else if (i < 7u) { if (i % 2u == 0u) { r = 2u; } else { r = 3u; } } else { r = i * 10u; }
  if (i == 0u) { r += 100u; }
  o[i] = r;
}

//! == run ==
//! 0.0 u32 101 1 1 3 2 3 2 70 80 90 100 110 120
