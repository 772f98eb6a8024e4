//! test check
// a name must be declared
const b = 1;
const a = b;

//! == check ==
//! valid
