//! test check
// a function with a return type must return on every path
fn f() -> i32 { if true { return 1; } } //~ W0300

//! == check ==
//! error[W0300]: 'f' must return a value of type 'i32' on every path
//!  --> shader.wgsl:3:39
//! 3 | fn f() -> i32 { if true { return 1; } } //~ W0300
//!   |                                       ^
