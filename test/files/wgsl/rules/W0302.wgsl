//! test check
// a loop must be able to end
fn f() { loop { } } //~ W0302

//! == check ==
//! error[W0302]: this loop can never end: it has no 'break' and no 'return'
//!  --> shader.wgsl:3:10
//! 3 | fn f() { loop { } } //~ W0302
//!   |          ^^^^
