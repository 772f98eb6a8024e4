//! test check
// a builtin value must fit its stage, direction and type
@fragment fn f(@builtin(vertex_index) a: u32) { } //~ W0246

//! == check ==
//! error[W0246]: 'vertex_index' is no input of a fragment entry point
//!  --> shader.wgsl:3:16
//! 3 | @fragment fn f(@builtin(vertex_index) a: u32) { } //~ W0246
//!   |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
