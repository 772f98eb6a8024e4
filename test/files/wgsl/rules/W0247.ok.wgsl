//! test check
// a location must be on a numeric scalar or vector, and unique
@fragment fn f(@location(0) a: f32, @location(1) b: f32) { }

//! == check ==
//! valid
