//! test check
// a floating point literal must be representable in its type
const a = 0x1.000002p0f;

//! == check ==
//! valid
