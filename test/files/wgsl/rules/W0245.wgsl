//! test check
// a compute entry point needs @workgroup_size with positive sizes
@compute fn f() { } //~ W0245

//! == check ==
//! error[W0245]: a compute entry point needs @workgroup_size
//!  --> shader.wgsl:3:13
//! 3 | @compute fn f() { } //~ W0245
//!   |             ^
