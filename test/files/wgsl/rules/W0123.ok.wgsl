//! test check
// module scope has 'const', 'override' and 'var', but no 'let'
fn f() { let a = 1; }

//! == check ==
//! valid
