//! test check
// a variable must be in an address space that its place allows
var<private> a: i32;

//! == check ==
//! valid
