//! test check
// the distance of a subgroup shuffle must be the same in all invocations of a subgroup
enable subgroups;
var<private> x: u32;
@compute @workgroup_size(1) fn main() { _ = subgroupShuffleUp(1, x); } //~ W0334

//! == check ==
//! error[W0334]: this argument of 'subgroupShuffleUp' must be the same in all invocations of the subgroup, but it may differ
//!  --> shader.wgsl:5:66
//! 5 | ute @workgroup_size(1) fn main() { _ = subgroupShuffleUp(1, x); } //~ W0334
//!   |                                                             ^
//! note: invocations may read different values from 'x': each invocation has its own
//!  --> shader.wgsl:5:66
//! 5 | ute @workgroup_size(1) fn main() { _ = subgroupShuffleUp(1, x); } //~ W0334
//!   |                                                             ^
//! note: 'subgroupShuffle' takes an invocation that may differ
