//! test check
// directives must come before all declarations
enable f16;
const a = 1;

//! == check ==
//! valid
