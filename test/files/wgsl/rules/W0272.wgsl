//! test check
// memory can be read as a value only if its type is constructible
@group(0) @binding(0) var<storage, read_write> b: array<u32>;
fn f() { _ = b; } //~ W0272

//! == check ==
//! error[W0272]: memory of type 'array<u32>' cannot be read as a value; take its address, or read a part of it
//!  --> shader.wgsl:4:14
//! 4 | fn f() { _ = b; } //~ W0272
//!   |              ^
