//! test check
// a barrier must be reached by all invocations of a workgroup, or by none
@group(0) @binding(0) var<storage, read_write> b: array<u32>;
 @compute @workgroup_size(1) fn main() { if b[0] == 0 { workgroupBarrier(); } } //~ W0330

//! == check ==
//! error[W0330]: all invocations of the workgroup must call 'workgroupBarrier' together, but some may not get here
//!  --> shader.wgsl:4:57
//! 4 |  @compute @workgroup_size(1) fn main() { if b[0] == 0 { workgroupBarrier(); } } //~ W0330
//!   |                                                         ^^^^^^^^^^^^^^^^^^
//! note: the condition of this 'if' may differ between invocations
//!  --> shader.wgsl:4:45
//! 4 |  @compute @workgroup_size(1) fn main() { if b[0] == 0 { workgroupBarrier(); } } //~ W0330
//!   |                                             ^^^^^^^^^
//! note: invocations may read different values from 'b': it may be written meanwhile
//!  --> shader.wgsl:4:45
//! 4 |  @compute @workgroup_size(1) fn main() { if b[0] == 0 { workgroupBarrier(); } } //~ W0330
//!   |                                             ^
