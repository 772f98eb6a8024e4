//! test check
// a returned value must have the function's return type
fn f() -> f32 { return 1.5; }

//! == check ==
//! valid
