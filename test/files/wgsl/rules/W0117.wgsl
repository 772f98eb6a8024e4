//! test check
// every bracket must be closed
const b = 1;
const a = (b; //~ W0117

//! == check ==
//! error[W0117]: expected ')' to close '(', but found ';'
//!  --> shader.wgsl:4:13
//! 4 | const a = (b; //~ W0117
//!   |             ^
//! note: '(' opened here
//!  --> shader.wgsl:4:11
//! 4 | const a = (b; //~ W0117
//!   |           ^
