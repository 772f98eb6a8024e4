//! test run
//! dispatch 1; bind 0.0 u32 zero 6
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<private> calls: u32;
fn touch(x: bool) -> bool { calls++; return x; }
@compute @workgroup_size(6) fn main(@builtin(local_invocation_index) i: u32) {
  let a = touch(i > 1u) && touch(i > 3u);
  let b = touch(i < 2u) || touch(i == 4u) || a;
  o[i] = calls * 100u + select(0u, 10u, a) + select(0u, 1u, b);
}

//! == run ==
//! 0.0 u32 201 201 400 400 411 411
