//! test check
// an identifier must not start with two underscores
const _a_ = 1;

//! == check ==
//! valid
