//! test check
// a block comment must be closed by '*/'
/* /* */ //~ W0103

//! == check ==
//! error[W0103]: this block comment is not closed; 2 are open at the end, as block comments nest
//!  --> shader.wgsl:3:1
//! 3 | /* /* */ //~ W0103
//!   | ^^
