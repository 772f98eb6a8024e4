//! test run
//! dispatch 2
//! bind 0.0 f32 range 11
//! bind 0.1 f32 1 1 1 1 1 1 1 1 1 1 1
//! bind 0.2 f32 0.5 0 0 0
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> k: vec4f;
@compute @workgroup_size(8) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= arrayLength(&x)) { return; }
  y[i] = k.x * x[i] + y[i];
}

//! == run ==
//! 0.1 f32 1 1.5 2 2.5 3 3.5 4 4.5 5 5.5 6
