//! test check
// every bracket must be closed
const b = 1;
const a = (b);

//! == check ==
//! valid
