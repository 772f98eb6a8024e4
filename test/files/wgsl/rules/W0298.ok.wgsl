//! test check
// 'break' and 'continue' must stand inside what they leave
fn f() { while true { continue; } }

//! == check ==
//! valid
