//! test check
// an argument known early must be in the builtin's range
@group(0) @binding(0) var t: texture_2d<f32>;
@group(0) @binding(1) var s: sampler;
@fragment fn main() { _ = textureGather(4, t, s, vec2f()); } //~ W0276

//! == check ==
//! error[W0276]: argument 'component' of 'textureGather' must be between 0 and 3, but this is 4
//!  --> shader.wgsl:5:41
//! 5 | @fragment fn main() { _ = textureGather(4, t, s, vec2f()); } //~ W0276
//!   |                                         ^
