//! test check
// 'continuing' must be the last statement of a loop body, and 'break if' the last of a continuing block
fn f() {
  loop {
    break if true; //~ W0133
  }
}

//! == check ==
//! error[W0133]: 'break if' may stand only at the end of a 'continuing' block
//!  --> shader.wgsl:5:5
//! 5 |     break if true; //~ W0133
//!   |     ^^^^^
