//! test check
// only a pointer can be dereferenced
fn f() { var a = 1; _ = *&a; }

//! == check ==
//! valid
