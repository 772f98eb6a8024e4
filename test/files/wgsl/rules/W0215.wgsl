//! test check
// a structure member must be a plain type whose size is known when the module is made, or a last runtime-sized array
struct a { b: array<f32>, c: f32 } //~ W0215

//! == check ==
//! error[W0215]: 'array<f32>' cannot be the type of a structure member: a runtime-sized array must be the last member
//!  --> shader.wgsl:3:15
//! 3 | struct a { b: array<f32>, c: f32 } //~ W0215
//!   |               ^^^^^^^^^^
