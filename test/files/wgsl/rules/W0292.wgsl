//! test check
// an assigned value must have the type of the memory
fn f() { var a = 1; a = 2.5; } //~ W0292

//! == check ==
//! error[W0292]: cannot assign 'abstract-float' to memory of type 'i32'
//!  --> shader.wgsl:3:25
//! 3 | fn f() { var a = 1; a = 2.5; } //~ W0292
//!   |                         ^^^
