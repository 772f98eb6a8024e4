//! test check
// a switch selector must be an integer
fn f() { switch 1.5 { default { } } } //~ W0295

//! == check ==
//! error[W0295]: a 'switch' selects by an integer, not by 'abstract-float'
//!  --> shader.wgsl:3:17
//! 3 | fn f() { switch 1.5 { default { } } } //~ W0295
//!   |                 ^^^
