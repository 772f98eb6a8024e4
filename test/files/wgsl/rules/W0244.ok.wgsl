//! test check
// a function may have one shader stage, and attributes that go with it
@compute @workgroup_size(1) fn f() { }

//! == check ==
//! valid
