//! test check
// operators of different groups must be parenthesised when mixed
const a = (1 & 2) | 4;

//! == check ==
//! valid
