//! test check
// increment and decrement need an integer in memory that can be written
fn f() { var a = 1.5; a++; } //~ W0294

//! == check ==
//! error[W0294]: cannot increment memory of type 'f32'; it must be 'i32' or 'u32'
//!  --> shader.wgsl:3:23
//! 3 | fn f() { var a = 1.5; a++; } //~ W0294
//!   |                       ^^^
