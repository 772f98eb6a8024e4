//! test check
// a return type must be constructible
fn f() -> sampler { } //~ W0310

//! == check ==
//! error[W0310]: a function cannot return 'sampler': it is not constructible
//!  --> shader.wgsl:3:11
//! 3 | fn f() -> sampler { } //~ W0310
//!   |           ^^^^^^^
