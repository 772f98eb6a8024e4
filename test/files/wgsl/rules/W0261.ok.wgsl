//! test check
// an operator must have operands it is defined for
fn f() { _ = 1u + 1; }

//! == check ==
//! valid
