//! test check
// a template list needs an argument
const a = vec2<f32>();

//! == check ==
//! valid
