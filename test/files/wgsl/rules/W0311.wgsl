//! test check
// a parameter must be constructible, a pointer, a texture or a sampler
fn f(a: atomic<i32>) { } //~ W0311

//! == check ==
//! error[W0311]: a parameter cannot be of type 'atomic<i32>' here: it is not constructible, nor a pointer, texture or sampler
//!  --> shader.wgsl:3:9
//! 3 | fn f(a: atomic<i32>) { } //~ W0311
//!   |         ^^^^^^^^^^^
