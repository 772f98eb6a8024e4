//! test check
// everything that enters or leaves an entry point needs a location or a builtin value
@fragment fn f(@location(0) a: f32) { }

//! == check ==
//! valid
