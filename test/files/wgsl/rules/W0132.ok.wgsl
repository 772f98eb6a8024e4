//! test check
// only a call can be a statement by itself
fn a() { }
fn f() { a(); }

//! == check ==
//! valid
