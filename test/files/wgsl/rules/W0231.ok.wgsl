//! test check
// two resources of one entry point must not share a binding
@group(0) @binding(0) var a: sampler;
@group(0) @binding(0) var c: sampler;
@compute @workgroup_size(1) fn main() { _ = a; }

//! == check ==
//! valid
