//! test check
// @invariant applies to the position only
struct a { @invariant @location(0) b: vec4f } //~ W0253

//! == check ==
//! error[W0253]: @invariant can only be applied to the builtin value 'position'
//!  --> shader.wgsl:3:12
//! 3 | struct a { @invariant @location(0) b: vec4f } //~ W0253
//!   |            ^^^^^^^^^^
