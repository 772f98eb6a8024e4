//! test check
// an attribute name must be one that WGSL defines
@nothing fn f() { } //~ W0120

//! == check ==
//! error[W0120]: there is no attribute '@nothing'
//!  --> shader.wgsl:3:2
//! 3 | @nothing fn f() { } //~ W0120
//!   |  ^^^^^^^
