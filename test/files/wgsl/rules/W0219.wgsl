//! test check
// template arguments may stand only where there are parameters for them
alias a = i32<f32>; //~ W0219

//! == check ==
//! error[W0219]: 'i32' does not take template arguments
//!  --> shader.wgsl:3:11
//! 3 | alias a = i32<f32>; //~ W0219
//!   |           ^^^^^^^^
