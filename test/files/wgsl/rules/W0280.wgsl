//! test check
// the result of a function marked @must_use must be used
fn f() { min(1, 2); } //~ W0280

//! == check ==
//! error[W0280]: the result of this call must be used
//!  --> shader.wgsl:3:10
//! 3 | fn f() { min(1, 2); } //~ W0280
//!   |          ^^^^^^^^^
//! note: assign it to '_' to drop it on purpose
