//! test check
// the pointer given to 'workgroupUniformLoad' must be the same in all invocations of a workgroup
override x: i32;
var<workgroup> w: array<i32, 4>;
@compute @workgroup_size(1) fn main() { _ = workgroupUniformLoad(&w[x]); }

//! == check ==
//! valid
