//! test check
// a declaration of this kind may stand only at module scope
fn f() { override a = 1; } //~ W0125

//! == check ==
//! error[W0125]: 'override' may stand only at module scope
//!  --> shader.wgsl:3:10
//! 3 | fn f() { override a = 1; } //~ W0125
//!   |          ^^^^^^^^
