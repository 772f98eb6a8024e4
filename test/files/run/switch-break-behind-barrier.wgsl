//! test run
//! dispatch 1
//! bind 0.0 u32 2 3 0 0
//! bind 0.1 zero 32
// Behind the barrier of a case some lanes leave the switch, and others go on in it.
@group(0) @binding(0) var<uniform> n: vec4u;
@group(0) @binding(1) var<storage, read_write> dst: array<u32, 8>;
var<workgroup> t: array<u32, 4>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) l: u32) {
  var x = l;
  switch n.x {
    case 2u: {
      t[l] = l * 3u;
      workgroupBarrier();
      if l > 1u { break; }
      x += 10u + t[3u - l];
    }
    default: { x = 99u; }
  }
  dst[l] = x;
  switch n.y {
    case 3u, 4u: {
      workgroupBarrier();
      t[l] = x;
      workgroupBarrier();
      if (l & 1u) == 1u {
        if l == 3u { dst[4u + l] = 7u; return; }
        break;
      } else if l == 0u { x = t[1]; }
      x *= 2u;
    }
    default: {}
  }
  dst[4u + l] = x;
}

//! == run ==
//! 0.1 u32 19 17 2 3 34 17 4 7
