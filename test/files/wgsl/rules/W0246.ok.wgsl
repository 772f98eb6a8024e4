//! test check
// a builtin value must fit its stage, direction and type
@fragment fn f(@builtin(sample_index) a: u32) { }

//! == check ==
//! valid
