//! test check
// everything that enters or leaves an entry point needs a location or a builtin value
@fragment fn f(a: f32) { } //~ W0249

//! == check ==
//! error[W0249]: an input of an entry point needs @builtin or @location
//!  --> shader.wgsl:3:16
//! 3 | @fragment fn f(a: f32) { } //~ W0249
//!   |                ^^^^^^
