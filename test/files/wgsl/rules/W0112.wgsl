//! test check
// a token the grammar requires is missing
const a = 1 //~ W0112

//! == check ==
//! error[W0112]: expected ';' after the declaration
//!  --> shader.wgsl:3:12
//! 3 | const a = 1 //~ W0112
//!   |            ^
//! help: insert: ';'
