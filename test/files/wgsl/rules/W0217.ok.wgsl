//! test check
// types must not be larger or nested deeper than the stated limits
alias a = array<vec4f, 268435455>;

//! == check ==
//! valid
