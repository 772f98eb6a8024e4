//! test run
//! dispatch 1; bind 0.0 i32 zero 32; bind 0.1 u32 zero 8
// each form, with its result, on cells of their own; then on one cell from all
@group(0) @binding(0) var<storage, read_write> o: array<i32, 32>;
@group(0) @binding(1) var<storage, read_write> s: array<atomic<u32>, 8>;
var<workgroup> a: array<atomic<i32>, 8>;
var<workgroup> all_of: array<atomic<u32>, 8>;
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32) {
  let x = i32(i) - 3;
  atomicStore(&a[i], x);
  var old = 0;
  switch i {
    case 0: { old = atomicAdd(&a[i], 2147483647); }
    case 1: { old = atomicSub(&a[i], 5); }
    case 2: { old = atomicMin(&a[i], -7); }
    case 3: { old = atomicMax(&a[i], -7); }
    case 4: { old = atomicAnd(&a[i], 6); }
    case 5: { old = atomicOr(&a[i], 8); }
    case 6: { old = atomicXor(&a[i], -1); }
    default: { let r = atomicCompareExchangeWeak(&a[i], 4, 40); old = r.old_value + select(0, 100, r.exchanged); }
  }
  o[i] = old;
  o[8u + i] = atomicLoad(&a[i]);
  o[16u + i] = atomicExchange(&a[i], -1);
  atomicAdd(&all_of[0], i);
  atomicSub(&all_of[1], i);
  atomicMin(&all_of[2], i); // 0 already
  atomicMax(&all_of[3], 0x80000000u + i);
  atomicOr(&all_of[4], 1u << i);
  atomicXor(&all_of[5], 3u << i);
  atomicAnd(&all_of[6], i);
  let turn = atomicAdd(&all_of[7], 1u); // each value once
  atomicOr(&s[7], 1u << turn);
  workgroupBarrier();
  o[24u + i] = i32(atomicLoad(&all_of[i]));
  if (i < 7u) { atomicStore(&s[i], atomicLoad(&all_of[i])); }
}

//! == run ==
//! 0.0 i32 -3 -2 -1 0 1 2 3 104 2147483644 -7 -7 0 0 10 -4 40 2147483644 -7 -7 0 0 10 -4 40 28 -28 0 -2147483641 255 257 0 8
//! 0.1 u32 28 4294967268 0 2147483655 255 257 0 255
