//! test check
// a template list needs an argument
const a = vec2<>(); //~ W0142

//! == check ==
//! error[W0142]: this template list is empty; it needs at least one argument
//!  --> shader.wgsl:3:15
//! 3 | const a = vec2<>(); //~ W0142
//!   |               ^^
