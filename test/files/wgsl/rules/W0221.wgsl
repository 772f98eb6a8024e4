//! test check
// an access mode may be given only to storage, and must be one it has
var<private, read> a: i32; //~ W0221

//! == check ==
//! error[W0221]: an access mode may be written only for the 'storage' address space
//!  --> shader.wgsl:3:14
//! 3 | var<private, read> a: i32; //~ W0221
//!   |              ^^^^
