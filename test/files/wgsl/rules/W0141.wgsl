//! test check
// a comparison must not be chained
const a = 1 < 2 == true; //~ W0141

//! == check ==
//! error[W0141]: comparisons cannot be chained; make two and join them with '&&', or put one in parentheses
//!  --> shader.wgsl:3:17
//! 3 | const a = 1 < 2 == true; //~ W0141
//!   |                 ^^
