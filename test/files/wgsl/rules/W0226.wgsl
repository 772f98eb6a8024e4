//! test check
// the initialiser of a module-scope declaration must be known before run time
var<private> a = 1;
var<private> b = a; //~ W0226

//! == check ==
//! error[W0226]: the initialiser of a module-scope variable must be a const-expression or an override-expression
//!  --> shader.wgsl:4:18
//! 4 | var<private> b = a; //~ W0226
//!   |                  ^
