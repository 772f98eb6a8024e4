//! test check
// only a call can be a statement by itself
fn a() { }
fn f() { a; } //~ W0132

//! == check ==
//! error[W0132]: this expression is not a statement; only a call can stand alone
//!  --> shader.wgsl:4:10
//! 4 | fn f() { a; } //~ W0132
//!   |          ^
