//! test check
// a call must have as many arguments as the function has parameters
fn g(a: i32) { }
fn f() { g(1); }

//! == check ==
//! valid
