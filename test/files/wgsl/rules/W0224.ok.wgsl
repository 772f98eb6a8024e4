//! test check
// a declaration needs a type or an initialiser
fn f() { var a = 1; }

//! == check ==
//! valid
