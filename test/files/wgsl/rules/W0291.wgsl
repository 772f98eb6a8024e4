//! test check
// an assignment needs memory that can be written
fn f() { let a = 1; a = 2; } //~ W0291

//! == check ==
//! error[W0291]: cannot assign to 'a', declared with 'let'
//!  --> shader.wgsl:3:21
//! 3 | fn f() { let a = 1; a = 2; } //~ W0291
//!   |                     ^
//! note: 'a' is declared here; use 'var' to make it assignable
//!  --> shader.wgsl:3:14
//! 3 | fn f() { let a = 1; a = 2; } //~ W0291
//!   |              ^
//! help: use: 'var'
