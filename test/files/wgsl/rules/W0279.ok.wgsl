//! test check
// memory must not be written through one name while another name of it is in use
var<private> x: i32;
fn g(p: ptr<private, i32>) { _ = *p + x; }
fn f() { g(&x); }

//! == check ==
//! valid
