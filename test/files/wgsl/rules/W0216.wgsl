//! test check
// two members of a structure must not have the same name
struct a { b: f32, b: i32 } //~ W0216

//! == check ==
//! error[W0216]: this structure has two members named 'b'
//!  --> shader.wgsl:3:20
//! 3 | struct a { b: f32, b: i32 } //~ W0216
//!   |                    ^
//! note: the other is here
//!  --> shader.wgsl:3:12
//! 3 | struct a { b: f32, b: i32 } //~ W0216
//!   |            ^
