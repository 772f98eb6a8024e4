//! test run
//! dispatch 2; bind 0.0 f32 0.5 -2 1 4 -1 1 2 3 4 5 6 7 8 9 10 11; bind 0.1 u32 zero 8; bind 0.2 f32 zero 32
// Before its waves, a workgroup does what is the same for all of them; a test of that is not made anew where it branches. The code is long, so
// that its registers are used for several values.
@group(0) @binding(0) var<storage, read> f: array<f32, 16>;
@group(0) @binding(1) var<storage, read_write> cells: array<atomic<u32>, 8>;
@group(0) @binding(2) var<storage, read_write> o: array<vec4f, 8>;
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) li: u32) {
  for (var k = 0u; k < 5u; k++) {
    if (bool(atan2(0.0, f[1]))) {} else { atomicOr(&cells[k], 1u << li); }
  }
  var m = mat4x4f(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[13], f[14], f[li]);
  let n = mat4x4f(f[li], 1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, f[15]);
  m = m * n; m = m - n; m = m * n; m = m - n; m = m * n; m = m - n; m = m * n; m = m - n;
  m = m * n; m = m - n; m = m * n; m = m - n; m = m * n; m = m - n; m = m * n; m = m - n;
  m = m * n; m = m - n; m = m * n; m = m - n; m = m * n; m = m - n; m = m * n; m = m - n;
  m = m * n; m = m - n; m = m * n; m = m - n; m = m * n; m = m - n; m = m * n; m = m - n;
  o[li] = m[li % 4u];
}

//! == run ==
//! 0.1 u32 0 0 0 0 0 0 0 0
//! 0.2 f32 46095127000000000 51428540000000000 58751614000000000 2980018200000000 43015425000000000 48117665000000000 54615540000000000 -10549045000000000 4808093500000000 5360790300000000 6134358400000000 612293900000000 472968020000000000 524174700000000000 608739400000000000 242468480000000000 39785777000000000 44464320000000000 50583380000000000 -4849343000000000 44278935000000000 49368860000000000 56492843000000000 5638768000000000 5398701400000000 6009844700000000 6903758300000000 1370018300000000 462771940000000000 514153350000000000 593471850000000000 176763090000000000
