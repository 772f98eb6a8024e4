//! test check
// a condition must be a 'bool'
fn f() { if 1 { } } //~ W0290

//! == check ==
//! error[W0290]: a condition is a 'bool', not 'abstract-int'
//!  --> shader.wgsl:3:13
//! 3 | fn f() { if 1 { } } //~ W0290
//!   |             ^
