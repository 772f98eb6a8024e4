//! test check
// a declaration of this kind may stand only at module scope
fn f() { const a = 1; }

//! == check ==
//! valid
