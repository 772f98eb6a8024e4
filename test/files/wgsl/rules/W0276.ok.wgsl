//! test check
// an argument known early must be in the builtin's range
@group(0) @binding(0) var t: texture_2d<f32>;
@group(0) @binding(1) var s: sampler;
@fragment fn main() { _ = textureGather(3, t, s, vec2f()); }

//! == check ==
//! valid
