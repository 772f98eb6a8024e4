//! test check
// a numeric literal must have one of the forms WGSL defines
const a = 01; //~ W0106

//! == check ==
//! error[W0106]: '01' starts with a zero, which an integer of more than one digit must not
//!  --> shader.wgsl:3:11
//! 3 | const a = 01; //~ W0106
//!   |           ^^
