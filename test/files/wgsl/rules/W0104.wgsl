//! test check
// an identifier must not start with two underscores
const __a = 1; //~ W0104

//! == check ==
//! error[W0104]: '__a' starts with two underscores, which no identifier may
//!  --> shader.wgsl:3:7
//! 3 | const __a = 1; //~ W0104
//!   |       ^^^
