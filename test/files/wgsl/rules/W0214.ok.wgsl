//! test check
// a count must be a positive integer known before run time
alias a = array<f32, 1>;

//! == check ==
//! valid
