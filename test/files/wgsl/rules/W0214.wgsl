//! test check
// a count must be a positive integer known before run time
alias a = array<f32, 0>; //~ W0214

//! == check ==
//! error[W0214]: an array element count must be greater than 0, but this is 0
//!  --> shader.wgsl:3:22
//! 3 | alias a = array<f32, 0>; //~ W0214
//!   |                      ^
