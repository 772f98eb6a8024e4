// Ways out of constructs: early returns from loops and switches in functions, pointers as parameters, calls that diverge.
@group(0) @binding(0) var<storage, read_write> v: array<i32, 64>;
fn find(a: ptr<function, array<i32, 8>>, x: i32) -> i32 {
  for (var i = 0; i < 8; i++) {
    switch (*a)[i] {
      case 0: { continue; }
      case 1, 2: { if (x < 0) { return -1; } }
      default: { if ((*a)[i] == x) { return i; } break; }
    }
    for (var k = i; k < 8; k++) { if ((*a)[k] * x == 12) { return k * 10; } }
  }
  return 99;
}
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32) {
  var a: array<i32, 8>;
  for (var k = 0u; k < 8; k++) { a[k] = v[(i * 8 + k) % 64]; }
  v[i] = find(&a, v[i]) / v[i + 8] + (v[i + 16] << u32(v[i + 24]));
  loop {
    v[i + 32] = v[i + 32] % v[i];
    continuing { break if v[i + 32] < i32(f32(v[i]) * 0.5); }
  }
}
