//! test check
// a value must stand where one is required
const a = i32();

//! == check ==
//! valid
