//! test check
// an expression is required here
const b = 1;
const a = ; //~ W0114

//! == check ==
//! error[W0114]: expected an expression, but found ';'
//!  --> shader.wgsl:4:11
//! 4 | const a = ; //~ W0114
//!   |           ^
