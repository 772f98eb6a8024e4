//! test check
// only memory has an address, and components of vectors have none
fn f() { var a: vec2f; let p = &a.x; } //~ W0270

//! == check ==
//! error[W0270]: a component of a vector has no address
//!  --> shader.wgsl:3:32
//! 3 | fn f() { var a: vec2f; let p = &a.x; } //~ W0270
//!   |                                ^^^^
