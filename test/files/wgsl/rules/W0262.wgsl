//! test check
// a builtin function must be called with arguments one of its overloads takes
fn f() { _ = min(1u, 1i); } //~ W0262

//! == check ==
//! error[W0262]: no overload of 'min' takes (u32, i32)
//!  --> shader.wgsl:3:14
//! 3 | fn f() { _ = min(1u, 1i); } //~ W0262
//!   |              ^^^^^^^^^^^
//! note: candidate: min(e1: T, e2: T) -> T, where T is a number or a vector of it
