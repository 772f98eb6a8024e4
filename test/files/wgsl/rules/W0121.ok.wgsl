//! test check
// an attribute must have as many arguments as it takes
@compute @workgroup_size(1) fn f() { }

//! == check ==
//! valid
