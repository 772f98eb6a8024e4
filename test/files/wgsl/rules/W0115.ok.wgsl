//! test check
// a type is required here
alias a = i32;

//! == check ==
//! valid
