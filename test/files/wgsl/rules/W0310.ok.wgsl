//! test check
// a return type must be constructible
fn f() { }

//! == check ==
//! valid
