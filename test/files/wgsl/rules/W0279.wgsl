//! test check
// memory must not be written through one name while another name of it is in use
var<private> x: i32;
fn g(p: ptr<private, i32>) { *p = x; }
fn f() { g(&x); } //~ W0279

//! == check ==
//! error[W0279]: 'g' may write 'x' while using it under another name: it also uses the variable by name
//!  --> shader.wgsl:5:12
//! 5 | fn f() { g(&x); } //~ W0279
//!   |            ^^
