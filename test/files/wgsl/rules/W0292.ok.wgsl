//! test check
// an assigned value must have the type of the memory
fn f() { var a = 1f; a = 2.5; }

//! == check ==
//! valid
