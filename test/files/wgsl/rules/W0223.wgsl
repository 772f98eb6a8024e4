//! test check
// only private and function variables may be initialised
var<workgroup> a: i32 = 1; //~ W0223

//! == check ==
//! error[W0223]: a module-scope variable in the 'workgroup' address space cannot have an initialiser
//!  --> shader.wgsl:3:25
//! 3 | var<workgroup> a: i32 = 1; //~ W0223
//!   |                         ^
