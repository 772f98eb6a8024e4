//! test check
// 'else' must follow the block of an 'if'
fn f() { else { } } //~ W0135

//! == check ==
//! error[W0135]: 'else' does not follow the block of an 'if'
//!  --> shader.wgsl:3:10
//! 3 | fn f() { else { } } //~ W0135
//!   |          ^^^^
