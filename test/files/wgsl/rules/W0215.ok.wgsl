//! test check
// a structure member must be a plain type whose size is known when the module is made, or a last runtime-sized array
struct a { c: f32, b: array<f32> }

//! == check ==
//! valid
