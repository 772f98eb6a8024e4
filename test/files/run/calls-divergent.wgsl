//! test run
//! dispatch 1
//! bind 0.0 u32 range 16
//! bind 0.1 zero 64
// Calls where lanes have parted: in branches, in loops that lanes leave at different times, with early returns, from within loops of callees.
@group(0) @binding(0) var<storage, read> src: array<u32>;
@group(0) @binding(1) var<storage, read_write> dst: array<u32>;
var<private> calls: u32;
fn collatz(n: u32) -> u32 {
  calls++;
  var x = n;
  for (var steps = 0u; steps < 200u; steps++) {
    if (x <= 1u) { return steps; }
    if ((x & 1u) == 0u) { x = half(x); continue; }
    x = 3u * x + 1u;
  }
  return 1000u;
}
fn half(x: u32) -> u32 { calls++; if (x == 6u) { return 3u; } return x / 2u; }
fn find(x: u32) -> u32 {
  var i = 0u;
  loop {
    if (i > 40u) { break; }
    switch (collatz(x + i) % 5u) {
      case 0u: { return i; }
      case 1u, 2u: { if (x > 9u) { return 100u + i; } }
      default: {}
    }
    continuing { i += 1u + (x & 1u); break if i > 30u; }
  }
  return 77u;
}
fn even(x: u32) -> bool { return (x & 1u) == 0u; }
@compute @workgroup_size(16) fn main(@builtin(local_invocation_index) l: u32) {
  let x = src[l];
  var total = 0u;
  if (x > 3u) { total = collatz(x); }
  for (var i = 0u; i < x; i++) {
    if (even(i) && collatz(i + 5u) > 6u) { total += find(x) * i; }
    if (total > 5000u) { break; }
  }
  dst[l] = total * 256u + calls;
}

//! == run ==
//! 0.1 u32 0 5 5 1052 1052 1326 20770 41263 31855 56412 513616 802538 785880 1099215 1079716 1438144
