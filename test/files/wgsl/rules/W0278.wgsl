//! test check
// what a function does must be allowed in each stage it is called from
 @compute @workgroup_size(1) fn main() { _ = dpdx(1f); } //~ W0278

//! == check ==
//! error[W0278]: 'dpdx' cannot be used here, for the compute entry point 'main' comes to it
//!  --> shader.wgsl:3:46
//! 3 |  @compute @workgroup_size(1) fn main() { _ = dpdx(1f); } //~ W0278
//!   |                                              ^^^^
