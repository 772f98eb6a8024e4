//! test check
// memory can be read as a value only if its type is constructible
@group(0) @binding(0) var<storage, read_write> b: array<u32>;
fn f() { _ = b[0]; }

//! == check ==
//! valid
