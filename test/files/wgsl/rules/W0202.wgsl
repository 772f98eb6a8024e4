//! test check
// a module-scope declaration must not depend on itself
fn f() { g(); } //~ W0202
fn g() { f(); }

//! == check ==
//! error[W0202]: 'f' calls itself by way of 'g'
//!  --> shader.wgsl:3:4
//! 3 | fn f() { g(); } //~ W0202
//!   |    ^
