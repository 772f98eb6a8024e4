//! test check
// a type generator needs template arguments of the right number and kind
alias a = vec3<i32>;

//! == check ==
//! valid
