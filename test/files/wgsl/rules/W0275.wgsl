//! test check
// an expression known early must have a value
const a = 1 / 0; //~ W0275

//! == check ==
//! error[W0275]: division by zero
//!  --> shader.wgsl:3:11
//! 3 | const a = 1 / 0; //~ W0275
//!   |           ^^^^^
