//! test check
// types must not be larger or nested deeper than the stated limits
alias a = array<vec4f, 268435456>; //~ W0217

//! == check ==
//! error[W0217]: this array would be 4294967296 bytes, more than 4294967295
//!  --> shader.wgsl:3:11
//! 3 | alias a = array<vec4f, 268435456>; //~ W0217
//!   |           ^^^^^^^^^^^^^^^^^^^^^^^
