//! test check
// a function may have one shader stage, and attributes that go with it
@workgroup_size(1) fn f() { } //~ W0244

//! == check ==
//! error[W0244]: @workgroup_size applies to compute entry points only
//!  --> shader.wgsl:3:1
//! 3 | @workgroup_size(1) fn f() { } //~ W0244
//!   | ^^^^^^^^^^^^^^^^^^
