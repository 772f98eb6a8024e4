//! test check
// what an extension provides must be enabled
enable f16;
const a = 1h;

//! == check ==
//! valid
