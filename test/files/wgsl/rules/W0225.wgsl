//! test check
// an initialiser must have the declared type
fn f() { let a: i32 = 1.5; } //~ W0225

//! == check ==
//! error[W0225]: 'a' is declared as 'i32', but its initialiser is 'abstract-float'
//!  --> shader.wgsl:3:23
//! 3 | fn f() { let a: i32 = 1.5; } //~ W0225
//!   |                       ^^^
