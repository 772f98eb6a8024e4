//! test check
// increment and decrement are statements of the form 'x++' and 'x--'
fn f() {
  var b = 1;
  let a = b++; //~ W0131
}

//! == check ==
//! error[W0131]: '++' and '--' are statements, not operators of expressions
//!  --> shader.wgsl:5:12
//! 5 |   let a = b++; //~ W0131
//!   |            ^^
