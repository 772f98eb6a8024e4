//! test check
// a vertex entry point must return the position
@vertex fn f() -> @builtin(position) vec4f { return vec4f(); }

//! == check ==
//! valid
