//! test run
//! dispatch 2; bind 0.0 u32 zero 8
//! bind 0.1 u32 1 0
// a loop that is the whole of a branch, then another one after its registers were used for something else
var<workgroup> w: array<atomic<u32>, 2>;
@group(0) @binding(0) var<storage, read_write> o: array<u32, 8>;
@group(0) @binding(1) var<storage, read> c: array<u32, 2>;
@compute @workgroup_size(2) fn main(@builtin(local_invocation_index) i: u32, @builtin(workgroup_id) g: vec3u) {
  if i == 0 { for (var k = 0u; k < 2; k++) { atomicStore(&w[k], 0u); } }
  workgroupBarrier();
  atomicStore(&w[i], i + 10u + g.x * 5);
  workgroupBarrier();
  if i == 0 { for (var k = 0u; k < 2; k++) { o[g.x * 2 + k] = atomicLoad(&w[k]); } }
  var n = 100u + i;
  switch c[g.x] {
    case 1: { for (var k = 3u; k < 9; k++) { n += k; } }
    case 0: { for (var k = 7u; k > 0; k--) { n += 1000; } }
    default: { }
  }
  if c[g.x] == 1 { n += 5; } else { for (var k = 2u; k < 4; k++) { n += 10000; } }
  o[4 + g.x * 2 + i] = n;
}

//! == run ==
//! 0.0 u32 10 11 15 16 138 139 27100 27101
