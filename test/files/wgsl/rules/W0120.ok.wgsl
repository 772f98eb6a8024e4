//! test check
// an attribute name must be one that WGSL defines
@fragment fn f() { }

//! == check ==
//! valid
