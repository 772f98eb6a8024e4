//! test check
// an integer literal must be representable in its type
const a = 2147483648i; //~ W0107

//! == check ==
//! error[W0107]: '2147483648i' is outside the range of i32
//!  --> shader.wgsl:3:11
//! 3 | const a = 2147483648i; //~ W0107
//!   |           ^^^^^^^^^^^
