//! test check
// operators of different groups must be parenthesised when mixed
const a = 1 & 2 | 4; //~ W0140

//! == check ==
//! error[W0140]: mixing '&' and '|' needs parentheses to show which comes first
//!  --> shader.wgsl:3:17
//! 3 | const a = 1 & 2 | 4; //~ W0140
//!   |                 ^
