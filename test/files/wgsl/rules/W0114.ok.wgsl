//! test check
// an expression is required here
const b = 1;
const a = b;

//! == check ==
//! valid
