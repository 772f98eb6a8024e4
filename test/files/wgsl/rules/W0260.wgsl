//! test check
// a value must stand where one is required
const a = i32; //~ W0260

//! == check ==
//! error[W0260]: 'i32' is a type, but a value is required here
//!  --> shader.wgsl:3:11
//! 3 | const a = i32; //~ W0260
//!   |           ^^^
