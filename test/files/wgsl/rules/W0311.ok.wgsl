//! test check
// a parameter must be constructible, a pointer, a texture or a sampler
fn f(a: i32) { }

//! == check ==
//! valid
