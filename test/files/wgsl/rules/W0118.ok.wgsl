//! test check
// a keyword must not be used as a name
const iff = 1;

//! == check ==
//! valid
