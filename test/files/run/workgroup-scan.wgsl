//! test run
//! dispatch 2; bind 0.0 u32 range 64; bind 0.1 u32 zero 2
@group(0) @binding(0) var<storage, read_write> v: array<u32>;
@group(0) @binding(1) var<storage, read_write> total: array<atomic<u32>>;
var<workgroup> part: array<u32, 32>;
fn step(li: u32, s: u32) {
  let x = select(0u, part[li - s], li >= s);
  workgroupBarrier();
  part[li] += x;
  workgroupBarrier();
}
@compute @workgroup_size(32) fn main(@builtin(global_invocation_id) g: vec3u, @builtin(local_invocation_index) li: u32, @builtin(workgroup_id) w: vec3u) {
  part[li] = v[g.x] + 1u;
  workgroupBarrier();
  for (var s = 1u; s < 32u; s <<= 1u) { step(li, s); }
  v[g.x] = part[li];
  if (li == 31u) { atomicAdd(&total[w.x % 2u], part[31]); }
}

//! == run ==
//! 0.0 u32 1 3 6 10 15 21 28 36 45 55 66 78 91 105 120 136 153 171 190 210 231 253 276 300 325 351 378 406 435 465 496 528 33 67 102 138 175 213 252 292 333 375 418 462 507 553 600 648 697 747 798 850 903 957 1012 1068 1125 1183 1242 1302 1363 1425 1488 1552
//! 0.1 u32 528 1552
