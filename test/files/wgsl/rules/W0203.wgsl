//! test check
// 'continue' must not skip a declaration that the continuing block uses
fn f() { loop { if true { continue; } let a = 1; if a == 2 { break; } continuing { _ = a; } } } //~ W0203

//! == check ==
//! error[W0203]: 'a' is used here, but a 'continue' may skip its declaration
//!  --> shader.wgsl:3:88
//! 3 | ontinue; } let a = 1; if a == 2 { break; } continuing { _ = a; } } } //~ W0203
//!   |                                                             ^
//! note: 'a' is declared here
//!  --> shader.wgsl:3:43
//! 3 | fn f() { loop { if true { continue; } let a = 1; if a == 2 { break; } continuing { _ = a; } } } //~ W0203
//!   |                                           ^
//! note: this 'continue' comes before it
//!  --> shader.wgsl:3:27
//! 3 | fn f() { loop { if true { continue; } let a = 1; if a == 2 { break; } continuing { _ = a; } } } //~ W0203
//!   |                           ^^^^^^^^
