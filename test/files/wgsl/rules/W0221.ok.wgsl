//! test check
// an access mode may be given only to storage, and must be one it has
var<private> a: i32;

//! == check ==
//! valid
