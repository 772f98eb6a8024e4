//! test check
// a const assertion must hold
const_assert 1 == 2; //~ W0304

//! == check ==
//! error[W0304]: this const assertion does not hold
//!  --> shader.wgsl:3:1
//! 3 | const_assert 1 == 2; //~ W0304
//!   | ^^^^^^^^^^^^^^^^^^^
