//! test check
// only a function or a constructible type can be called
const b = 1;
const a = b(); //~ W0263

//! == check ==
//! error[W0263]: 'b' cannot be called
//!  --> shader.wgsl:4:11
//! 4 | const a = b(); //~ W0263
//!   |           ^
