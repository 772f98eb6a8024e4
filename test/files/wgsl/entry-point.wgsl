//! test check
var<workgroup> tile: array<f32, 4>;
fn share() { tile[0] = dpdx(1.0); }
@compute fn update(@builtin(vertex_index) i: u32, extra: f32) { share(); }
@vertex fn vertex_main(@location(0) a: vec3f, @location(0) b: vec3f) -> @location(0) u32 { share(); return 1; }
@fragment fn fragment_main(@location(0) id: u32) -> @location(0) vec4f { update(1, 2); return vec4f(); }

//! == check ==
//! error[W0278]: 'dpdx' cannot be used here, for the compute entry point 'update' comes to it
//!  --> shader.wgsl:3:24
//! 3 | fn share() { tile[0] = dpdx(1.0); }
//!   |                        ^^^^
//!
//! error[W0245]: a compute entry point needs @workgroup_size
//!  --> shader.wgsl:4:13
//! 4 | @compute fn update(@builtin(vertex_index) i: u32, extra: f32) { share(); }
//!   |             ^^^^^^
//!
//! error[W0246]: 'vertex_index' is no input of a compute entry point
//!  --> shader.wgsl:4:20
//! 4 | @compute fn update(@builtin(vertex_index) i: u32, extra: f32) { share(); }
//!   |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//!
//! error[W0249]: an input of an entry point needs @builtin or @location
//!  --> shader.wgsl:4:51
//! 4 | @compute fn update(@builtin(vertex_index) i: u32, extra: f32) { share(); }
//!   |                                                   ^^^^^^^^^^
//!
//! error[W0250]: the vertex entry point 'vertex_main' must return the builtin value 'position'
//!  --> shader.wgsl:5:12
//! 5 | @vertex fn vertex_main(@location(0) a: vec3f, @location(0) b: vec3f) -> @location(0) u32 { share(); return 1; }
//!   |            ^^^^^^^^^^^
//!
//! error[W0247]: location 0 is used twice
//!  --> shader.wgsl:5:47
//! 5 | @vertex fn vertex_main(@location(0) a: vec3f, @location(0) b: vec3f) -> @location(0) u32 { share(); return 1; }
//!   |                                               ^^^^^^^^^^^^^^^^^^^^^
//! note: first used here
//!  --> shader.wgsl:5:24
//! 5 | @vertex fn vertex_main(@location(0) a: vec3f, @location(0) b: vec3f) -> @location(0) u32 { share(); return 1; }
//!   |                        ^^^^^^^^^^^^^^^^^^^^^
//!
//! error[W0248]: an integer between vertex and fragment stage needs '@interpolate(flat)'
//!  --> shader.wgsl:5:73
//! 5 | ertex_main(@location(0) a: vec3f, @location(0) b: vec3f) -> @location(0) u32 { share(); return 1; }
//!   |                                                             ^^^^^^^^^^^^^^^^
//!
//! error[W0278]: the fragment entry point 'fragment_main' cannot use the workgroup variable 'tile'
//!  --> shader.wgsl:6:14
//! 6 | @fragment fn fragment_main(@location(0) id: u32) -> @location(0) vec4f { update(1, 2); return vec4f(); }
//!   |              ^^^^^^^^^^^^^
//! note: 'tile' is declared here
//!  --> shader.wgsl:2:16
//! 2 | var<workgroup> tile: array<f32, 4>;
//!   |                ^^^^
//!
//! error[W0248]: an integer between vertex and fragment stage needs '@interpolate(flat)'
//!  --> shader.wgsl:6:28
//! 6 | @fragment fn fragment_main(@location(0) id: u32) -> @location(0) vec4f { update(1, 2); return vec4f(); }
//!   |                            ^^^^^^^^^^^^^^^^^^^^
//!
//! error[W0277]: 'update' is an entry point and cannot be called
//!  --> shader.wgsl:6:74
//! 6 | fragment_main(@location(0) id: u32) -> @location(0) vec4f { update(1, 2); return vec4f(); }
//!   |                                                             ^^^^^^
//! note: 'update' is declared here
//!  --> shader.wgsl:4:13
//! 4 | @compute fn update(@builtin(vertex_index) i: u32, extra: f32) { share(); }
//!   |             ^^^^^^
