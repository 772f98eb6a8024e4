//! test check
// a name is required here
const 1 = 1; //~ W0113

//! == check ==
//! error[W0113]: expected a name after 'const', but found '1'
//!  --> shader.wgsl:3:7
//! 3 | const 1 = 1; //~ W0113
//!   |       ^
