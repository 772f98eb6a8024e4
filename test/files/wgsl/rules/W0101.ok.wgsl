//! test check
// a module must not contain a null code point
//

//! == check ==
//! valid
