//! test check
// 'break' and 'continue' must stand inside what they leave
fn f() { continue; } //~ W0298

//! == check ==
//! error[W0298]: 'continue' stands in no loop
//!  --> shader.wgsl:3:10
//! 3 | fn f() { continue; } //~ W0298
//!   |          ^^^^^^^^
