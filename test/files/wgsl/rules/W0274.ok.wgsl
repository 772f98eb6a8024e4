//! test check
// an expression must be a const-expression where one is required
const a = 1;
const b = a;

//! == check ==
//! valid
