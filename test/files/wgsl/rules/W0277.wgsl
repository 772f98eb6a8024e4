//! test check
// an entry point must not be called
 @compute @workgroup_size(1) fn main() {  }
fn f() { main(); } //~ W0277

//! == check ==
//! error[W0277]: 'main' is an entry point and cannot be called
//!  --> shader.wgsl:4:10
//! 4 | fn f() { main(); } //~ W0277
//!   |          ^^^^
//! note: 'main' is declared here
//!  --> shader.wgsl:3:33
//! 3 |  @compute @workgroup_size(1) fn main() {  }
//!   |                                 ^^^^
