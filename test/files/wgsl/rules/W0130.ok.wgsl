//! test check
// the left side of an assignment must be built from an identifier by '.', '[]', '*', '&' and parentheses
struct s { c: i32 }
fn f() {
  var a: s;
  (a).c = 1;
}

//! == check ==
//! valid
