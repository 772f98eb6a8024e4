//! test check
// two members of a structure must not have the same name
struct a { b: f32, c: i32 }

//! == check ==
//! valid
