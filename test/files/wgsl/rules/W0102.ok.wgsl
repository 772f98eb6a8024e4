//! test check
// a code point outside comments must belong to a token or be blankspace
const b = 1;
const a = b ;

//! == check ==
//! valid
