//! test check
// only private and function variables may be initialised
var<private> a: i32 = 1;

//! == check ==
//! valid
