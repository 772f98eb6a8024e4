//! test check
enable f16, subgroups;
requires pointer_composite_access;
diagnostic(off, derivative_uniformity);
struct Particle { position: vec3f, @size(16) mass: f32, history: array<vec2h, 4> }
@group(0) @binding(0) var<storage, read_write> particles: array<Particle>;
@group(0) @binding(1) var<storage, read_write> counters: array<atomic<u32>, 2>;
@id(1) override group_size = 64u;
var<workgroup> sums: array<f32, group_size>;
const gravity = vec3(0, -9.81, 0);
fn advance(p: ptr<storage, Particle, read_write>, dt: f32) -> f32 {
  p.position += gravity * dt;
  for (var i = 3; i > 0; i--) { p.history[i] = p.history[i - 1]; }
  return length(p.position) * (*p).mass;
}
@compute @workgroup_size(group_size) fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  if id.x < arrayLength(&particles) { sums[local] = advance(&particles[id.x], 1.0 / 60); }
  workgroupBarrier();
  switch local { case 0: { atomicAdd(&counters[0], u32(sums[0])); } case 1, default: { } }
  _ = subgroupAdd(sums[local]);
}

//! == check ==
//! valid
