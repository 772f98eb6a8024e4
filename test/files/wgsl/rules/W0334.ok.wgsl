//! test check
// the distance of a subgroup shuffle must be the same in all invocations of a subgroup
enable subgroups;
var<private> x: u32;
@compute @workgroup_size(1) fn main() { _ = subgroupShuffle(1, x); }

//! == check ==
//! valid
