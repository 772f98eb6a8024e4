//! test check
// a call must have as many arguments as the function has parameters
fn g(a: i32) { }
fn f() { g(); } //~ W0264

//! == check ==
//! error[W0264]: too few arguments: 'g' takes 1, but was given 0
//!  --> shader.wgsl:4:10
//! 4 | fn f() { g(); } //~ W0264
//!   |          ^^^
//! note: 'g' is declared here
//!  --> shader.wgsl:3:4
//! 3 | fn g(a: i32) { }
//!   |    ^
