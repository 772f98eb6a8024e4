//! test check
// what computes derivatives must be reached by all invocations, or by none
override x: i32;
@fragment fn main() { if x == 0 { _ = dpdx(1f); } }

//! == check ==
//! valid
