//! test check
// a resource variable needs @group and @binding, and only it may have them
@group(0) var a: sampler; //~ W0230

//! == check ==
//! error[W0230]: 'a' is a resource, so it needs @group and @binding
//!  --> shader.wgsl:3:15
//! 3 | @group(0) var a: sampler; //~ W0230
//!   |               ^
