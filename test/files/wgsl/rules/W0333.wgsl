//! test check
// the pointer given to 'workgroupUniformLoad' must be the same in all invocations of a workgroup
var<private> x: i32;
var<workgroup> w: array<i32, 4>;
@compute @workgroup_size(1) fn main() { _ = workgroupUniformLoad(&w[x]); } //~ W0333

//! == check ==
//! error[W0333]: the pointer given to 'workgroupUniformLoad' must be the same in all invocations of the workgroup, but it may differ
//!  --> shader.wgsl:5:66
//! 5 | ute @workgroup_size(1) fn main() { _ = workgroupUniformLoad(&w[x]); } //~ W0333
//!   |                                                             ^^^^^
//! note: invocations may read different values from 'x': each invocation has its own
//!  --> shader.wgsl:5:69
//! 5 |  @workgroup_size(1) fn main() { _ = workgroupUniformLoad(&w[x]); } //~ W0333
//!   |                                                             ^
