//! test check
// a resource variable needs @group and @binding, and only it may have them
@group(0) @binding(0) var a: sampler;

//! == check ==
//! valid
