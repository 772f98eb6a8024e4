//! test check
// a builtin function must be called with arguments one of its overloads takes
fn f() { _ = min(1u, 1); }

//! == check ==
//! valid
