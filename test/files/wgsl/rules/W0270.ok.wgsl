//! test check
// only memory has an address, and components of vectors have none
fn f() { var a: vec2f; let p = &a; }

//! == check ==
//! valid
