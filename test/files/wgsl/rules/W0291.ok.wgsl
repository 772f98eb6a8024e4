//! test check
// an assignment needs memory that can be written
fn f() { var a = 1; a = 2; }

//! == check ==
//! valid
