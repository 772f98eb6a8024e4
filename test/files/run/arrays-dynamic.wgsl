//! test run
//! dispatch 1; bind 0.0 u32 zero 24
const table = array<u32, 6>(3u, 1u, 4u, 1u, 5u, 9u);
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<private> state: array<u32, 5>;
@compute @workgroup_size(6) fn main(@builtin(local_invocation_index) i: u32) {
  var a: array<array<u32, 3>, 4>;
  for (var y = 0u; y < 4u; y++) { for (var x = 0u; x < 3u; x++) { a[y][x] = y * 10u + x + i; } }
  a[i % 4u][(i + 1u) % 3u] += 1000u;
  state[i % 5u] = a[(i * 3u) % 4u][i % 3u];
  o[i] = table[i];
  o[6u + i] = a[i % 4u][(i + 1u) % 3u];
  o[12u + i] = state[i % 5u] + state[(i + 1u) % 5u];
  var v = vec4u(1u, 2u, 3u, 4u);
  v[i % 4u] = 50u + i;
  o[18u + i] = v.x + v.y * 2u + v.z * 3u + v[3] + v[(i + 2u) % 4u];
}

//! == run ==
//! 0.0 u32 3 1 4 1 5 9 1001 1013 1022 1034 1006 1015 0 32 24 13 5 37 70 120 166 69 74 128
