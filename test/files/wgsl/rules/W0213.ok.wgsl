//! test check
// an array element must be a plain type whose size is known when the module is made
alias a = array<f32, 2>;

//! == check ==
//! valid
