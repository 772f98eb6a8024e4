// Buffers in forms that SPIR-V has rules about: blocks, matrices with their strides, a uniform whose matrix has columns of 8 bytes,
// structs that are loaded and stored whole, a runtime array behind other members, half floats.
enable f16;
struct Inner { a: vec3f, b: f32, m: mat3x2f }
struct Tail { count: atomic<u32>, inner: Inner, rest: array<Inner> }
struct Loose { m: mat2x2f, v: vec2f, h: vec4h }
@group(0) @binding(0) var<storage, read_write> tail: Tail;
@group(0) @binding(1) var<uniform> loose: Loose;
@group(0) @binding(2) var<storage, read_write> halves: array<vec3h>;
var<workgroup> shared_halves: array<f16, 9>;
var<workgroup> flags: array<bool, 4>;
var<private> table: array<Inner, 2>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
  shared_halves[i] = halves[i].y * loose.h[i];
  flags[i] = i > 1;
  workgroupBarrier();
  var copy = tail.rest[i];
  if (flags[3 - i]) { copy.m[i % 3] += loose.m * loose.v; }
  table[i & 1] = copy;
  tail.inner = table[1];
  tail.rest[i + 1] = copy;
  halves[i].x = shared_halves[8 - i];
  if (arrayLength(&tail.rest) > 3) { atomicAdd(&tail.count, u32(halves[i].z)); }
}
