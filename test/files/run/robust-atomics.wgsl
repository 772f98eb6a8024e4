//! test run
//! dispatch 1; bind 0.0 u32 zero 6; bind 0.1 u32 zero 4
struct S { before: u32, a: array<atomic<u32>, 4>, after: u32 }
@group(0) @binding(0) var<storage, read_write> s: S;
@group(0) @binding(1) var<storage, read_write> o: array<u32, 4>;
struct W { before: u32, a: array<atomic<i32>, 3>, after: u32 }
var<workgroup> w: W;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
  let far = (i + 1u) * 1000000007u;
  atomicAdd(&s.a[far], 1u);
  atomicMax(&w.a[far], 5);
  atomicStore(&w.a[-i32(i) - 1], 6);
  let r = atomicCompareExchangeWeak(&s.a[far], 1000u, 1u);
  workgroupBarrier();
  // four additions, to some element of the array each
  let sum = atomicLoad(&s.a[0]) + atomicLoad(&s.a[1]) + atomicLoad(&s.a[2]) + atomicLoad(&s.a[3]);
  o[i] = select(0u, 1u, sum == 4u && !r.exchanged && s.before + s.after + w.before + w.after == 0u);
}

//! == run ==
//! 0.0 u32 0 0 0 0 4 0
//! 0.1 u32 1 1 1 1
