//! test check
// what an extension provides must be enabled
const a = 1h; //~ W0212

//! == check ==
//! error[W0212]: a literal of type 'f16' needs 'enable f16;' at the start of the module
//!  --> shader.wgsl:3:11
//! 3 | const a = 1h; //~ W0212
//!   |           ^^
