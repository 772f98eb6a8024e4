//! test check
// only a pointer can be dereferenced
fn f() { let a = 1; _ = *a; } //~ W0271

//! == check ==
//! error[W0271]: a value of type 'i32' cannot be dereferenced; only pointers can
//!  --> shader.wgsl:3:25
//! 3 | fn f() { let a = 1; _ = *a; } //~ W0271
//!   |                         ^^
