//! test check
// a switch must have exactly one default
fn f() { switch 1 { case 1, default: { } } }

//! == check ==
//! valid
