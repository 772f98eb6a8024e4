//! test check
// a switch selector must be an integer
fn f() { switch 1 { default { } } }

//! == check ==
//! valid
