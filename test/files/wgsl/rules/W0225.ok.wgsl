//! test check
// an initialiser must have the declared type
fn f() { let a: f32 = 1.5; }

//! == check ==
//! valid
