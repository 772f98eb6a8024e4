//! test check
// 'continue' must not skip a declaration that the continuing block uses
fn f() { loop { let a = 1; if a == 2 { break; } if true { continue; } continuing { _ = a; } } }

//! == check ==
//! valid
