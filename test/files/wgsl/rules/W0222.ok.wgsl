//! test check
// a variable's type must be one its address space can hold
var<workgroup> a: atomic<i32>;

//! == check ==
//! valid
