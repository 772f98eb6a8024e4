//! test check
// a structure must have members, separated by commas
struct a { b: f32 }

//! == check ==
//! valid
