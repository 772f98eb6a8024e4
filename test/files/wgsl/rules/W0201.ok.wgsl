//! test check
// a name must not be declared twice in one scope
const a = 1;
const b = 2;

//! == check ==
//! valid
