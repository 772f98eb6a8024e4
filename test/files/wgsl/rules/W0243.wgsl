//! test check
// @align and @size must not go below what the member's type needs
struct a { @align(3) b: f32 } //~ W0243

//! == check ==
//! error[W0243]: an alignment of 3 is not allowed: 'f32' needs a multiple of 4
//!  --> shader.wgsl:3:12
//! 3 | struct a { @align(3) b: f32 } //~ W0243
//!   |            ^^^^^^^^^
