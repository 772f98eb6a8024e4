//! test check
// case selectors must be const-expressions of the selector's type, all different
fn f() { switch 1 { case 1, 1: { } default { } } } //~ W0296

//! == check ==
//! error[W0296]: the selector 1 is used twice in this 'switch'
//!  --> shader.wgsl:3:29
//! 3 | fn f() { switch 1 { case 1, 1: { } default { } } } //~ W0296
//!   |                             ^
//! note: first used here
//!  --> shader.wgsl:3:26
//! 3 | fn f() { switch 1 { case 1, 1: { } default { } } } //~ W0296
//!   |                          ^
