//! test check
// only a function or a constructible type can be called
const a = i32();

//! == check ==
//! valid
