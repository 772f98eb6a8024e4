//! test check
// the result of a function marked @must_use must be used
fn f() { _ = min(1, 2); }

//! == check ==
//! valid
