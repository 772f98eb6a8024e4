//! test check
// a 'let' holds a constructible value, a pointer, a texture or a sampler
var<workgroup> w: i32;
fn g() { let a: i32 = w; }

//! == check ==
//! valid
