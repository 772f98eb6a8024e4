//! test check
// two resources of one entry point must not share a binding
@group(0) @binding(0) var a: sampler;
@group(0) @binding(0) var c: sampler; //~ W0231
@compute @workgroup_size(1) fn main() { _ = a; _ = c; }

//! == check ==
//! error[W0231]: 'c' has the same group and binding as 'a', and 'main' uses both
//!  --> shader.wgsl:4:27
//! 4 | @group(0) @binding(0) var c: sampler; //~ W0231
//!   |                           ^
//! note: 'a' is declared here
//!  --> shader.wgsl:3:27
//! 3 | @group(0) @binding(0) var a: sampler;
//!   |                           ^
