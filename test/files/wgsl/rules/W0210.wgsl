//! test check
// a type must stand where one is required
const a: min = 1; //~ W0210

//! == check ==
//! error[W0210]: 'min' is not a type
//!  --> shader.wgsl:3:10
//! 3 | const a: min = 1; //~ W0210
//!   |          ^^^
