//! test check
// a switch must consist of case and default clauses, at least one
fn f() { switch 1 { } } //~ W0134

//! == check ==
//! error[W0134]: a switch needs at least one 'case' or 'default'
//!  --> shader.wgsl:3:19
//! 3 | fn f() { switch 1 { } } //~ W0134
//!   |                   ^
