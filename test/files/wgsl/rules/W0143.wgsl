//! test check
// this operator does not exist in WGSL
const b = 1;
const a = +b; //~ W0143

//! == check ==
//! error[W0143]: there is no unary '+'
//!  --> shader.wgsl:4:11
//! 4 | const a = +b; //~ W0143
//!   |           ^
//! help: remove it: ''
