//! test run
//! dispatch 2 3 1; bind 0.0 u32 zero 72
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(3, 2, 2) fn main(@builtin(global_invocation_id) g: vec3u, @builtin(local_invocation_id) l: vec3u, @builtin(workgroup_id) w: vec3u, @builtin(num_workgroups) n: vec3u, @builtin(local_invocation_index) i: u32) {
  let at = (w.y * n.x + w.x) * 12u + i;
  o[at] = g.x + g.y * 10u + g.z * 100u + l.x * 1000u + l.y * 10000u + l.z * 100000u + n.y * 1000000u;
}
