//! test check
// a declaration needs a type or an initialiser
fn f() { var a; } //~ W0224

//! == check ==
//! error[W0224]: 'a' needs a type or an initialiser
//!  --> shader.wgsl:3:14
//! 3 | fn f() { var a; } //~ W0224
//!   |              ^
