//! test check
// a name must not be declared twice in one scope
const a = 1;
const a = 2; //~ W0201

//! == check ==
//! error[W0201]: 'a' is declared twice in this scope
//!  --> shader.wgsl:4:7
//! 4 | const a = 2; //~ W0201
//!   |       ^
//! note: 'a' was declared here before
//!  --> shader.wgsl:3:7
//! 3 | const a = 1;
//!   |       ^
