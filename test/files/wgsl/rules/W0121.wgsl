//! test check
// an attribute must have as many arguments as it takes
@compute @workgroup_size() fn f() { } //~ W0121

//! == check ==
//! error[W0121]: '@workgroup_size' takes 1 to 3 arguments
//!  --> shader.wgsl:3:11
//! 3 | @compute @workgroup_size() fn f() { } //~ W0121
//!   |           ^^^^^^^^^^^^^^
