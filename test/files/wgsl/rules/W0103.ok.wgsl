//! test check
// a block comment must be closed by '*/'
/* /* */ */

//! == check ==
//! valid
