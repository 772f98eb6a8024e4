//! test check
// a floating point literal must be representable in its type
const a = 0x1.000001p0f; //~ W0108

//! == check ==
//! error[W0108]: '0x1.000001p0f' cannot be represented exactly in f32
//!  --> shader.wgsl:3:11
//! 3 | const a = 0x1.000001p0f; //~ W0108
//!   |           ^^^^^^^^^^^^^
