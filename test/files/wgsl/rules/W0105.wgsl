//! test check
// a reserved word must not be used
const auto = 1; //~ W0105

//! == check ==
//! error[W0105]: 'auto' is a reserved word; use another name
//!  --> shader.wgsl:3:7
//! 3 | const auto = 1; //~ W0105
//!   |       ^^^^
