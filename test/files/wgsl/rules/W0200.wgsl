//! test check
// a name must be declared
const a = b; //~ W0200

//! == check ==
//! error[W0200]: 'b' is not declared
//!  --> shader.wgsl:3:11
//! 3 | const a = b; //~ W0200
//!   |           ^
