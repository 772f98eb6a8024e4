//! test check
// a condition must be a 'bool'
fn f() { if true { } }

//! == check ==
//! valid
