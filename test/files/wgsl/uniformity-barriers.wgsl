//! test check
enable subgroups;
struct Inputs { @builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32 }
@group(0) @binding(0) var<storage, read_write> shared_count: i32;
@group(0) @binding(1) var<uniform> limit: i32;
var<workgroup> tile: array<u32, 64>;
fn wait_if(p: ptr<function, i32>) { if *p > 2 { workgroupBarrier(); } }
@compute @workgroup_size(64) fn main(in: Inputs, @builtin(subgroup_id) subgroup: u32, @builtin(num_workgroups) count: vec3u) {
  var x = shared_count;
  if x > 0 { workgroupBarrier(); }
  x = limit;
  if x > 0 { storageBarrier(); }
  if in.group.x == 1 { textureBarrier(); }
  if count.x == 1 { textureBarrier(); }
  if subgroup == 0 { _ = subgroupAdd(1u); workgroupBarrier(); }
  _ = workgroupUniformLoad(&tile[in.local]);
  x = i32(in.local);
  wait_if(&x);
  loop {
    workgroupBarrier();
    if limit > 3 { break; }
    continuing { x++; break if x > 3; }
  }
  if limit < 2 { return; }
  workgroupBarrier();
  switch x { case 1: { return; } default: { } }
  storageBarrier();
}

//! == check ==
//! error[W0330]: all invocations of the workgroup must call 'workgroupBarrier' together, but some may not get here
//!  --> shader.wgsl:7:49
//! 7 | fn wait_if(p: ptr<function, i32>) { if *p > 2 { workgroupBarrier(); } }
//!   |                                                 ^^^^^^^^^^^^^^^^^^
//! note: the condition of this 'if' depends on 'p'
//!  --> shader.wgsl:7:40
//! 7 | fn wait_if(p: ptr<function, i32>) { if *p > 2 { workgroupBarrier(); } }
//!   |                                        ^^^^^^
//! note: 'p' of 'wait_if' is given here by 'main'
//!   --> shader.wgsl:18:11
//! 18 |   wait_if(&x);
//!    |           ^^
//! note: the value of 'x' comes from here
//!   --> shader.wgsl:17:7
//! 17 |   x = i32(in.local);
//!    |       ^^^^^^^^^^^^^
//! note: 'in' holds inputs that differ between invocations, so all of it is taken to differ
//!  --> shader.wgsl:8:38
//! 8 | @compute @workgroup_size(64) fn main(in: Inputs, @builtin(subgroup_id) subgroup: u32, @builtin(num_workgroups) count: ve
//!   |                                      ^^
//!
//! error[W0330]: all invocations of the workgroup must call 'workgroupBarrier' together, but some may not get here
//!   --> shader.wgsl:10:14
//! 10 |   if x > 0 { workgroupBarrier(); }
//!    |              ^^^^^^^^^^^^^^^^^^
//! note: the condition of this 'if' may differ between invocations
//!   --> shader.wgsl:10:6
//! 10 |   if x > 0 { workgroupBarrier(); }
//!    |      ^^^^^
//! note: the value of 'x' comes from here
//!  --> shader.wgsl:9:11
//! 9 |   var x = shared_count;
//!   |           ^^^^^^^^^^^^
//! note: invocations may read different values from 'shared_count': it may be written meanwhile
//!  --> shader.wgsl:9:11
//! 9 |   var x = shared_count;
//!   |           ^^^^^^^^^^^^
//!
//! error[W0330]: all invocations of the workgroup must call 'textureBarrier' together, but some may not get here
//!   --> shader.wgsl:13:24
//! 13 |   if in.group.x == 1 { textureBarrier(); }
//!    |                        ^^^^^^^^^^^^^^^^
//! note: the condition of this 'if' may differ between invocations
//!   --> shader.wgsl:13:6
//! 13 |   if in.group.x == 1 { textureBarrier(); }
//!    |      ^^^^^^^^^^^^^^^
//! note: 'in' holds inputs that differ between invocations, so all of it is taken to differ
//!  --> shader.wgsl:8:38
//! 8 | @compute @workgroup_size(64) fn main(in: Inputs, @builtin(subgroup_id) subgroup: u32, @builtin(num_workgroups) count: ve
//!   |                                      ^^
//!
//! error[W0330]: all invocations of the workgroup must call 'workgroupBarrier' together, but some may not get here
//!   --> shader.wgsl:15:43
//! 15 |   if subgroup == 0 { _ = subgroupAdd(1u); workgroupBarrier(); }
//!    |                                           ^^^^^^^^^^^^^^^^^^
//! note: the condition of this 'if' may differ between invocations
//!   --> shader.wgsl:15:6
//! 15 |   if subgroup == 0 { _ = subgroupAdd(1u); workgroupBarrier(); }
//!    |      ^^^^^^^^^^^^^
//! note: 'subgroup' is the builtin value 'subgroup_id', which differs between subgroups
//!  --> shader.wgsl:8:72
//! 8 | orkgroup_size(64) fn main(in: Inputs, @builtin(subgroup_id) subgroup: u32, @builtin(num_workgroups) count: vec3u) {
//!   |                                                             ^^^^^^^^
//!
//! error[W0333]: the pointer given to 'workgroupUniformLoad' must be the same in all invocations of the workgroup, but it may differ
//!   --> shader.wgsl:16:28
//! 16 |   _ = workgroupUniformLoad(&tile[in.local]);
//!    |                            ^^^^^^^^^^^^^^^
//! note: 'in' holds inputs that differ between invocations, so all of it is taken to differ
//!  --> shader.wgsl:8:38
//! 8 | @compute @workgroup_size(64) fn main(in: Inputs, @builtin(subgroup_id) subgroup: u32, @builtin(num_workgroups) count: ve
//!   |                                      ^^
//!
//! error[W0330]: all invocations of the workgroup must call 'workgroupBarrier' together, but some may not get here
//!   --> shader.wgsl:20:5
//! 20 |     workgroupBarrier();
//!    |     ^^^^^^^^^^^^^^^^^^
//! note: the value of 'x' comes from here
//!   --> shader.wgsl:22:18
//! 22 |     continuing { x++; break if x > 3; }
//!    |                  ^^^
//! note: the value of 'x' comes from here
//!   --> shader.wgsl:17:7
//! 17 |   x = i32(in.local);
//!    |       ^^^^^^^^^^^^^
//! note: 'in' holds inputs that differ between invocations, so all of it is taken to differ
//!  --> shader.wgsl:8:38
//! 8 | @compute @workgroup_size(64) fn main(in: Inputs, @builtin(subgroup_id) subgroup: u32, @builtin(num_workgroups) count: ve
//!   |                                      ^^
//!
//! error[W0330]: all invocations of the workgroup must call 'storageBarrier' together, but some may not get here
//!   --> shader.wgsl:27:3
//! 27 |   storageBarrier();
//!    |   ^^^^^^^^^^^^^^^^
//! note: the selector of this 'switch' may differ between invocations, so some may have left before
//!   --> shader.wgsl:26:10
//! 26 |   switch x { case 1: { return; } default: { } }
//!    |          ^
//! note: the value of 'x' comes from here
//!   --> shader.wgsl:17:7
//! 17 |   x = i32(in.local);
//!    |       ^^^^^^^^^^^^^
//! note: 'in' holds inputs that differ between invocations, so all of it is taken to differ
//!  --> shader.wgsl:8:38
//! 8 | @compute @workgroup_size(64) fn main(in: Inputs, @builtin(subgroup_id) subgroup: u32, @builtin(num_workgroups) count: ve
//!   |                                      ^^
