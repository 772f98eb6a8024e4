//! test check
// a 'const' holds a constructible value
const a: i32 = 1;

//! == check ==
//! valid
