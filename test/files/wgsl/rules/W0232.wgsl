//! test check
// a 'let' holds a constructible value, a pointer, a texture or a sampler
var<workgroup> w: i32;
fn g() { let a: atomic<i32> = w; } //~ W0232

//! == check ==
//! error[W0232]: a 'let' cannot be of type 'atomic<i32>'
//!  --> shader.wgsl:4:17
//! 4 | fn g() { let a: atomic<i32> = w; } //~ W0232
//!   |                 ^^^^^^^^^^^
