//! test check
// an expression known early must have a value
const a = 0 / 1;

//! == check ==
//! valid
