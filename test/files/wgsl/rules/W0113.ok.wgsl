//! test check
// a name is required here
const a = 1;

//! == check ==
//! valid
