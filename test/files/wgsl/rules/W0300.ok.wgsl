//! test check
// a function with a return type must return on every path
fn f() -> i32 { if true { return 1; } else { return 2; } }

//! == check ==
//! valid
