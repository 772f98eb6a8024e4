//! test check
// a continuing block must run to its end
fn f() { loop { continuing { break; } } } //~ W0301

//! == check ==
//! error[W0301]: 'break' must not leave a continuing block; use 'break if' at its end
//!  --> shader.wgsl:3:30
//! 3 | fn f() { loop { continuing { break; } } } //~ W0301
//!   |                              ^^^^^
