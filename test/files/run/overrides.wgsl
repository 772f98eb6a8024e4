//! test run
//! dispatch 1; bind 0.0 u32 zero 8
//! override N=6; override 7=2.5; override FLAG=1
override N: u32 = 4u;
@id(7) override scale: f32 = 1.0;
override FLAG: bool = false;
override M = N * 2u + 1u;
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<workgroup> t: array<u32, M>;
@compute @workgroup_size(N) fn main(@builtin(local_invocation_index) i: u32) {
  t[i] = i * M;
  workgroupBarrier();
  if (FLAG) { o[i] = t[N - 1u - i] + u32(f32(i) * scale); }
}

//! == run ==
//! 0.0 u32 65 54 44 33 23 12 0 0
