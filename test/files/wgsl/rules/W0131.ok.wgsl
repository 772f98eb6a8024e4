//! test check
// increment and decrement are statements of the form 'x++' and 'x--'
fn f() {
  var b = 1;
  b++;
}

//! == check ==
//! valid
