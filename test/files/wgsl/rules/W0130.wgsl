//! test check
// the left side of an assignment must be built from an identifier by '.', '[]', '*', '&' and parentheses
struct s { c: i32 }
fn f() {
  var a: s;
  (a + a).c = 1; //~ W0130
}

//! == check ==
//! error[W0130]: this cannot be on the left side of an assignment
//!  --> shader.wgsl:6:4
//! 6 |   (a + a).c = 1; //~ W0130
//!   |    ^^^^^
