//! test check
// a variable must be in an address space that its place allows
var a: i32; //~ W0220

//! == check ==
//! error[W0220]: a module-scope variable needs an address space, as in 'var<private>', unless it is a texture or sampler
//!  --> shader.wgsl:3:5
//! 3 | var a: i32; //~ W0220
//!   |     ^
