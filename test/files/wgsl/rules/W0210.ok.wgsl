//! test check
// a type must stand where one is required
const a: i32 = 1;

//! == check ==
//! valid
