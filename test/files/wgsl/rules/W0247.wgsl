//! test check
// a location must be on a numeric scalar or vector, and unique
@fragment fn f(@location(0) a: f32, @location(0) b: f32) { } //~ W0247

//! == check ==
//! error[W0247]: location 0 is used twice
//!  --> shader.wgsl:3:37
//! 3 | @fragment fn f(@location(0) a: f32, @location(0) b: f32) { } //~ W0247
//!   |                                     ^^^^^^^^^^^^^^^^^^^
//! note: first used here
//!  --> shader.wgsl:3:16
//! 3 | @fragment fn f(@location(0) a: f32, @location(0) b: f32) { } //~ W0247
//!   |                ^^^^^^^^^^^^^^^^^^^
