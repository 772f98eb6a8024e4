//! test check
// an attribute argument must be a const-expression in the attribute's range
@group(-1) @binding(0) var a: sampler; //~ W0242

//! == check ==
//! error[W0242]: the argument of @group must be at least 0, but this is -1
//!  --> shader.wgsl:3:8
//! 3 | @group(-1) @binding(0) var a: sampler; //~ W0242
//!   |        ^^
