//! test check
// a variable's type must be one its address space can hold
var<private> a: atomic<i32>; //~ W0222

//! == check ==
//! error[W0222]: 'atomic<i32>' is not constructible, as the 'private' address space needs
//!  --> shader.wgsl:3:17
//! 3 | var<private> a: atomic<i32>; //~ W0222
//!   |                 ^^^^^^^^^^^
