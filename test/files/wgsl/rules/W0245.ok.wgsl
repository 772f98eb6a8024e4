//! test check
// a compute entry point needs @workgroup_size with positive sizes
@compute @workgroup_size(1) fn f() { }

//! == check ==
//! valid
