//! test check
// a reserved word must not be used
const auto_ = 1;

//! == check ==
//! valid
