//! test check
// a token the grammar requires is missing
const a = 1;

//! == check ==
//! valid
