//! test check
// an argument must have the type of its parameter
fn g(a: i32) { }
fn f() { g(1.5); } //~ W0265

//! == check ==
//! error[W0265]: parameter 'a' of 'g' is of type 'i32', but this is 'abstract-float'
//!  --> shader.wgsl:4:12
//! 4 | fn f() { g(1.5); } //~ W0265
//!   |            ^^^
//! note: 'g' is declared here
//!  --> shader.wgsl:3:4
//! 3 | fn g(a: i32) { }
//!   |    ^
