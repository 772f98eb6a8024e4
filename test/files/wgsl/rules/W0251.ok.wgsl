//! test check
// an extension must be one that is supported
enable f16;

//! == check ==
//! valid
