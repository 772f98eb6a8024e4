//! test check
// an argument must have the type of its parameter
fn g(a: f32) { }
fn f() { g(1.5); }

//! == check ==
//! valid
