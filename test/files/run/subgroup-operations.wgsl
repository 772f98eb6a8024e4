//! test run
//! dispatch 1; bind 0.0 u32 zero 240
enable subgroups;
// every operation with all lanes, in a workgroup whose last wave has two lanes
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<private> at: u32;
var<private> own: u32;
fn put(x: u32) { o[at * 6 + own] = x; at++; }
@compute @workgroup_size(6) fn main(@builtin(local_invocation_index) i: u32, @builtin(subgroup_invocation_id) lane: u32,
    @builtin(subgroup_size) size: u32, @builtin(subgroup_id) id: u32, @builtin(num_subgroups) count: u32) {
  own = i;
  let x = i * 3u + 1u;
  put(lane + 10u * size + 100u * id + 1000u * count);
  put(select(0u, 1u, subgroupElect()));
  put(select(0u, 1u, subgroupAny(i == 5u)) + select(0u, 2u, subgroupAll(i < 5u)));
  put(subgroupBallot(i % 2u == 0u).x);
  put(subgroupBroadcast(x, 1));
  put(subgroupBroadcastFirst(x));
  put(subgroupShuffle(x, (lane + 1u) % 2u));
  put(subgroupShuffleXor(x, 1u));
  put(subgroupShuffleUp(x, 1u));
  put(subgroupShuffleDown(x, 1u));
  put(subgroupAdd(x));
  put(subgroupInclusiveAdd(x));
  put(subgroupExclusiveAdd(x));
  put(subgroupMul(x));
  put(subgroupInclusiveMul(x));
  put(subgroupExclusiveMul(x));
  put(subgroupMin(x));
  put(subgroupMax(x));
  put(subgroupAnd(x | 8u));
  put(subgroupOr(x));
  put(subgroupXor(x));
  put(quadBroadcast(x, 1u));
  put(quadSwapX(x));
  put(quadSwapY(x));
  put(quadSwapDiagonal(x));
  put(bitcast<u32>(subgroupMin(vec2(i32(i) - 3, 7 - i32(i))).y));
  put(u32(subgroupAdd(f32(x))));
  put(bitcast<u32>(subgroupMax(vec3f(-f32(x), 2.0, 0.0)).x));
  put(u32(subgroupExclusiveMul(vec2f(f32(x), 1.0)).x));
}

//! == run ==
//! 0.0 u32 2040 2041 2042 2043 2140 2141 1 0 0 0 1 0 2 2 2 2 1 1 5 5 5 5 1 1 4 4 4 4 16 16 1 1 1 1 13 13 4 1 4 1 16 13 4 1 10 7 16 13 0 1 4 7 0 13 4 7 10 0 16 0 22 22 22 22 29 29 1 5 12 22 13 29 0 1 5 12 0 13 280 280 280 280 208 208 1 4 28 280 13 208 1 1 4 28 1 13 1 1 1 1 13 13 10 10 10 10 16 16 8 8 8 8 8 8 15 15 15 15 29 29 8 8 8 8 29 29 4 4 4 4 16 16 4 1 10 7 16 13 7 10 1 4 0 0 10 7 4 1 0 0 4 4 4 4 2 2 22 22 22 22 29 29 3212836864 3212836864 3212836864 3212836864 3243245568 3243245568 1 1 4 28 1 13 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
