//! test run
//! dispatch 1
//! bind 0.0 u32 1 2 3 4
//! bind 0.1 zero 64
// Lanes that return in one half of an if whose other half waits at a barrier; in a function, and in the entry point.
@group(0) @binding(0) var<uniform> n: vec4u;
@group(0) @binding(1) var<storage, read_write> dst: array<vec4u, 4>;
var<workgroup> t: array<u32, 4>;
fn half(kind: u32, l: u32) -> u32 {
  var x = l;
  if kind == 1u {
    if l > 1u { return 50u + l; }
    x += 10u;
  } else {
    t[l] = l;
    workgroupBarrier();
    x += t[3u - l];
  }
  if l == 0u { return x; }
  return x + 1000u;
}
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) l: u32) {
  dst[0][l] = half(n.x, l);
  dst[1][l] = half(n.y, l);
  switch n.y {
    case 2u: {
      if l == 2u { return; }
      dst[2][l] = l;
      if l < 2u {
        if l == 0u { return; }
      }
    }
    default: {
      t[l] = l;
      workgroupBarrier();
      if l == 3u { return; }
    }
  }
  dst[3][l] = l + 7u;
}

//! == run ==
//! 0.1 u32 10 1011 52 53 3 1003 1003 1003 0 1 0 3 0 8 0 10
