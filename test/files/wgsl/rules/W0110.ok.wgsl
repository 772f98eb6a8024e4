//! test check
// a module consists of directives, then declarations
var<private> a: i32;
fn f() { a = 1; }

//! == check ==
//! valid
