//! test check
// an index known early must be in bounds
const a = vec2(1, 2)[1];

//! == check ==
//! valid
