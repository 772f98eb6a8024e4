//! test check
// a returned value must have the function's return type
fn f() -> i32 { return 1.5; } //~ W0299

//! == check ==
//! error[W0299]: 'f' returns 'i32', but this is 'abstract-float'
//!  --> shader.wgsl:3:24
//! 3 | fn f() -> i32 { return 1.5; } //~ W0299
//!   |                        ^^^
