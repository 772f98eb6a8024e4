//! test check
// a switch must consist of case and default clauses, at least one
fn f() { switch 1 { default { } } }

//! == check ==
//! valid
