//! test check
// 'else' must follow the block of an 'if'
fn f() { if true { } else { } }

//! == check ==
//! valid
