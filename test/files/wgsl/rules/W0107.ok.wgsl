//! test check
// an integer literal must be representable in its type
const a = 2147483647i;

//! == check ==
//! valid
