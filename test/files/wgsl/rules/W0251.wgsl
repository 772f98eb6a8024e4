//! test check
// an extension must be one that is supported
enable f17; //~ W0251

//! == check ==
//! error[W0251]: the extension 'f17' does not exist
//!  --> shader.wgsl:3:8
//! 3 | enable f17; //~ W0251
//!   |        ^^^
//! help: did you mean: 'f16'
