//! test run
//! dispatch 4; bind 0.0 i32 0 0 100 -100 -1 0 0 5; bind 0.1 u32 0 0 4294967295 0 4294967295 0 0 0
struct A { add: atomic<i32>, sub: atomic<i32>, min: atomic<i32>, max: atomic<i32>, and: atomic<i32>, or: atomic<i32>, xor: atomic<i32>, cas: atomic<i32> }
@group(0) @binding(0) var<storage, read_write> s: A;
@group(0) @binding(1) var<storage, read_write> u: array<atomic<u32>, 8>;
@compute @workgroup_size(7) fn main(@builtin(global_invocation_id) g: vec3u) {
  let i = i32(g.x);
  atomicAdd(&s.add, i);
  atomicSub(&s.sub, i * 2);
  atomicMin(&s.min, 50 - i * 7);
  atomicMax(&s.max, i * 3 - 40);
  atomicAnd(&s.and, ~(1 << (g.x % 31u)));
  atomicOr(&s.or, 1 << (g.x % 20u));
  atomicXor(&s.xor, i * 12345);
  loop {
    let old = atomicLoad(&s.cas);
    let r = atomicCompareExchangeWeak(&s.cas, old, old + 2);
    if (r.exchanged && r.old_value == old) { break; }
  }
  atomicAdd(&u[0], g.x);
  atomicMax(&u[1], g.x * 1000000000u);
  atomicMin(&u[2], g.x + 7u);
  if (g.x == 3u) { atomicStore(&u[3], 77u); }
  atomicAnd(&u[4], 0xfffffff0u | g.x);
}

//! == run ==
//! 0.0 i32 378 -756 -139 41 -268435456 1048575 147456 61
//! 0.1 u32 378 4115098112 7 77 4294967280 0 0 0
