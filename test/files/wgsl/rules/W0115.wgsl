//! test check
// a type is required here
alias a = 1; //~ W0115

//! == check ==
//! error[W0115]: expected a type, but found '1'
//!  --> shader.wgsl:3:11
//! 3 | alias a = 1; //~ W0115
//!   |           ^
