//! test check
// case selectors must be const-expressions of the selector's type, all different
fn f() { switch 1 { case 1, 2: { } default { } } }

//! == check ==
//! valid
