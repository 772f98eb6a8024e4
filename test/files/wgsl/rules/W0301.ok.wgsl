//! test check
// a continuing block must run to its end
fn f() { loop { continuing { break if true; } } }

//! == check ==
//! valid
