//! test run
//! dispatch 1; bind 0.0 u32 zero 12
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<workgroup> a: array<u32, 12>;
var<workgroup> rounds: u32;
@compute @workgroup_size(12) fn main(@builtin(local_invocation_index) i: u32) {
  a[i] = i;
  if (i == 5u) { rounds = 3u; }
  let n = workgroupUniformLoad(&rounds);
  var acc = 1u;
  for (var r = 0u; r < n; r++) {
    for (var k = 0u; k <= r; k++) {
      workgroupBarrier();
      let x = a[(i + k + 1u) % 12u];
      workgroupBarrier();
      if (x % 2u == 0u) { a[i] = x + acc; } else { acc += x; }
      if (k == 1u) { break; }
    }
    if (r == 1u) { continue; }
    workgroupBarrier();
    acc += a[11u - i];
    workgroupBarrier();
  }
  o[i] = acc * 100u + a[i];
}

//! == run ==
//! 0.0 u32 8143 4974 5961 7774 7367 9374 11173 8538 11355 6526 9125 5762
