//! test check
// 'continuing' must be the last statement of a loop body, and 'break if' the last of a continuing block
fn f() {
  loop {
    continuing { break if true; }
  }
}

//! == check ==
//! valid
