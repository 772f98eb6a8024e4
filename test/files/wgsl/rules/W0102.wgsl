//! test check
// a code point outside comments must belong to a token or be blankspace
const b = 1;
const a = b #; //~ W0102

//! == check ==
//! error[W0102]: '#' does not belong to any token
//!  --> shader.wgsl:4:13
//! 4 | const a = b #; //~ W0102
//!   |             ^
