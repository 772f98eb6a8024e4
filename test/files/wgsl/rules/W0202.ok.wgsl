//! test check
// a module-scope declaration must not depend on itself
fn f() { g(); }
fn g() { }

//! == check ==
//! valid
