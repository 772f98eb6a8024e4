//! test check
// a 'const' or 'let' declaration needs an initialiser
const a: i32; //~ W0124

//! == check ==
//! error[W0124]: expected '=' and a value: a 'const' declaration needs one
//!  --> shader.wgsl:3:13
//! 3 | const a: i32; //~ W0124
//!   |             ^
