//! test check
// a statement is required here
fn f() {
  var a: f32;
}

//! == check ==
//! valid
