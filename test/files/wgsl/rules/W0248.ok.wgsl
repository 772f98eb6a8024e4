//! test check
// interpolation must fit the type and have a location; integers between stages are flat
@fragment fn f(@location(0) @interpolate(flat) a: u32) { }

//! == check ==
//! valid
