//! test check
// a numeric literal must have one of the forms WGSL defines
const a = 01.;

//! == check ==
//! valid
