//! test check
// a keyword must not be used as a name
const if = 1; //~ W0118

//! == check ==
//! error[W0118]: expected a name after 'const', but 'if' is a keyword and cannot be a name
//!  --> shader.wgsl:3:7
//! 3 | const if = 1; //~ W0118
//!   |       ^^
