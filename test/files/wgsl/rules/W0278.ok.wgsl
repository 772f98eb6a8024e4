//! test check
// what a function does must be allowed in each stage it is called from
 @fragment fn main() { _ = dpdx(1f); }

//! == check ==
//! valid
