//! test check
// this operator does not exist in WGSL
const b = 1;
const a = -b;

//! == check ==
//! valid
