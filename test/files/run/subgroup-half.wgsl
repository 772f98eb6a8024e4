//! test run
//! dispatch 1; bind 0.0 f32 zero 32
enable subgroups;
enable f16;
@group(0) @binding(0) var<storage, read_write> o: array<vec4f>;
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32) {
  let x = f16(i) * 0.1h + 2048h; // rounded at each step
  let v = vec4h(subgroupAdd(x), subgroupMul(x / 512h), subgroupMin(-x), subgroupMax(vec2h(x, -x)).y);
  let w = vec4h(subgroupInclusiveAdd(f16(i)), subgroupExclusiveMul(f16(i) + 1h), subgroupShuffle(vec3h(f16(i)), 3 - i % 4).z, quadSwapY(f16(i)));
  o[i] = select(vec4f(v), vec4f(w), i % 2 == 1);
}

//! == run ==
//! 0.0 f32 8192 256 -2048 -2048 1 1 2 3 8192 256 -2048 -2048 6 6 0 1 8192 256 -2048 -2048 9 5 6 7 8192 256 -2048 -2048 22 210 4 5
