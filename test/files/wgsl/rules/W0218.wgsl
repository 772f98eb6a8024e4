//! test check
// a pointer type must be one that some variable could give rise to
fn f(p: ptr<function, atomic<i32>>) { } //~ W0218

//! == check ==
//! error[W0218]: there can be no pointer of this type: 'atomic<i32>' is not constructible, as the 'function' address space needs
//!  --> shader.wgsl:3:9
//! 3 | fn f(p: ptr<function, atomic<i32>>) { } //~ W0218
//!   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^
