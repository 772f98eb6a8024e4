//! test check
// @invariant applies to the position only
struct a { @invariant @builtin(position) b: vec4f }

//! == check ==
//! valid
