//! test check
// a loop must be able to end
fn f() { loop { break; } }

//! == check ==
//! valid
