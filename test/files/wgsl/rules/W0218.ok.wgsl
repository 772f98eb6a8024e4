//! test check
// a pointer type must be one that some variable could give rise to
fn f(p: ptr<workgroup, atomic<i32>>) { }

//! == check ==
//! valid
