//! test run
//! dispatch 1; bind 0.0 u32 10 11 12 13 14; bind 0.1 u32 zero 16
@group(0) @binding(0) var<storage, read> v: array<u32>;
@group(0) @binding(1) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32) {
  // An index past the end reads some element of the same buffer, and must not trap.
  let x = v[i * 3u];
  o[i] = select(0u, 1u, x >= 10u && x <= 14u);
  var a: array<u32, 3>;
  a[i] = 5u;
  o[8u + i] = a[i % 3u];
  o[i + 1000000000u] += 0u;
}

//! == run ==
//! 0.1 u32 1 1 1 1 1 1 1 1 5 5 5 0 0 5 0 0
