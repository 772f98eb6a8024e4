//! test check
// a barrier must be reached by all invocations of a workgroup, or by none
@group(0) @binding(0) var<storage, read_write> b: array<u32>;
 @compute @workgroup_size(1) fn main() { if b[0] == 0 { } workgroupBarrier(); }

//! == check ==
//! valid
