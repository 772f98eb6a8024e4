//! test check
// a subgroup or quad operation must be reached by all invocations of a subgroup, or by none
enable subgroups;
override x: i32;
@compute @workgroup_size(1) fn main() { if x == 0 { _ = subgroupAll(true); } }

//! == check ==
//! valid
