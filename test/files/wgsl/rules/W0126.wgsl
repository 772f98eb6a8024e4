//! test check
// a structure must have members, separated by commas
struct a { } //~ W0126

//! == check ==
//! error[W0126]: a structure needs at least one member
//!  --> shader.wgsl:3:10
//! 3 | struct a { } //~ W0126
//!   |          ^
