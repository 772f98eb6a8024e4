//! test check
// interpolation must fit the type and have a location; integers between stages are flat
@fragment fn f(@location(0) a: u32) { } //~ W0248

//! == check ==
//! error[W0248]: an integer between vertex and fragment stage needs '@interpolate(flat)'
//!  --> shader.wgsl:3:16
//! 3 | @fragment fn f(@location(0) a: u32) { } //~ W0248
//!   |                ^^^^^^^^^^^^^^^^^^^
