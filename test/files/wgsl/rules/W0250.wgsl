//! test check
// a vertex entry point must return the position
@vertex fn f() -> @location(0) f32 { return 1; } //~ W0250

//! == check ==
//! error[W0250]: the vertex entry point 'f' must return the builtin value 'position'
//!  --> shader.wgsl:3:12
//! 3 | @vertex fn f() -> @location(0) f32 { return 1; } //~ W0250
//!   |            ^
