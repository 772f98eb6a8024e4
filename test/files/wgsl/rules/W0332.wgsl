//! test check
// a subgroup or quad operation must be reached by all invocations of a subgroup, or by none
enable subgroups;
var<private> x: i32;
@compute @workgroup_size(1) fn main() { if x == 0 { _ = subgroupAll(true); } } //~ W0332

//! == check ==
//! error[W0332]: all invocations of the subgroup must call 'subgroupAll' together, but some may not get here
//!  --> shader.wgsl:5:57
//! 5 | @compute @workgroup_size(1) fn main() { if x == 0 { _ = subgroupAll(true); } } //~ W0332
//!   |                                                         ^^^^^^^^^^^^^^^^^
//! note: the condition of this 'if' may differ between invocations
//!  --> shader.wgsl:5:44
//! 5 | @compute @workgroup_size(1) fn main() { if x == 0 { _ = subgroupAll(true); } } //~ W0332
//!   |                                            ^^^^^^
//! note: invocations may read different values from 'x': each invocation has its own
//!  --> shader.wgsl:5:44
//! 5 | @compute @workgroup_size(1) fn main() { if x == 0 { _ = subgroupAll(true); } } //~ W0332
//!   |                                            ^
