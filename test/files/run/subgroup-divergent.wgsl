//! test run
//! dispatch 1; bind 0.0 u32 zero 64
enable subgroups;
diagnostic(off, subgroup_uniformity);
// only the lanes that are there take part, whatever brought them
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32, @builtin(subgroup_invocation_id) lane: u32) {
  if (i % 2u == 1u) {
    o[i] = subgroupAdd(i) + 100u * subgroupMul(i) + 10000u * subgroupBallot(true).x;
  } else {
    o[i] = subgroupMax(i) + 100u * subgroupMin(i) + 10000u * subgroupBallot(true).x + 1000000u * select(0u, 1u, subgroupElect());
  }
  var steps = 0u;
  var seen = 0u;
  loop { // lanes leave one after the other
    seen = seen * 16u + subgroupBallot(true).x;
    if (subgroupBroadcastFirst(lane) == lane) { break; }
    steps++;
  }
  o[8u + i] = seen;
  o[16u + i] = steps;
  switch (i % 3u) { // the same operation in each clause is not one operation
    case 0u: { o[24u + i] = subgroupAdd(1u); }
    case 1u: { o[24u + i] = subgroupAdd(1u); }
    default: { o[24u + i] = subgroupAdd(1u); }
  }
  var sum = 0u;
  for (var k = 0u; k <= lane; k++) { // a value that does not change, of lanes that do
    sum += subgroupAdd(lane);
  }
  o[32u + i] = sum;
  var any = false;
  for (var k = 0u; k < 4u; k++) { // the vote of the last iteration of each
    any = subgroupAll(k == 2u);
    if (k > lane) { break; }
  }
  o[40u + i] = select(0u, 1u, any);
  if (i == 6u) { return; }
  o[48u + i] = subgroupInclusiveAdd(1u) + 10u * subgroupExclusiveAdd(1u);
  o[56u + i] = quadSwapX(i) + 10u * quadSwapDiagonal(i);
}

//! == run ==
//! 0.0 u32 1050002 100304 50002 100304 1050406 103512 50406 103512 15 254 4076 65224 15 254 4076 65224 0 1 2 3 0 1 2 3 2 1 1 2 2 1 1 2 6 12 17 20 6 12 17 20 0 1 0 0 0 1 0 0 1 12 23 34 1 12 0 23 31 20 13 2 75 4 0 40
