//! test check
// a module consists of directives, then declarations
var<private> a: i32;
a = 1; //~ W0110

//! == check ==
//! error[W0110]: expected a declaration, but found 'a'
//!  --> shader.wgsl:4:1
//! 4 | a = 1; //~ W0110
//!   | ^
