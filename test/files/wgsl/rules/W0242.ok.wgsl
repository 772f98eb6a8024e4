//! test check
// an attribute argument must be a const-expression in the attribute's range
@group(1) @binding(0) var a: sampler;

//! == check ==
//! valid
