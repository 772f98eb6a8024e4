//! test check
// an expression must be a const-expression where one is required
override a = 1;
const b = a; //~ W0274

//! == check ==
//! error[W0274]: the initialiser of a 'const' must be a const-expression
//!  --> shader.wgsl:4:11
//! 4 | const b = a; //~ W0274
//!   |           ^
