//! test check
// template arguments may stand only where there are parameters for them
alias a = vec2<f32>;

//! == check ==
//! valid
