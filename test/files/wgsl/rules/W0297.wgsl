//! test check
// a switch must have exactly one default
fn f() { switch 1 { case 1: { } } } //~ W0297

//! == check ==
//! error[W0297]: this 'switch' has no default clause
//!  --> shader.wgsl:3:10
//! 3 | fn f() { switch 1 { case 1: { } } } //~ W0297
//!   |          ^^^^^^^^^^^^^^^^^^^^^^^^
