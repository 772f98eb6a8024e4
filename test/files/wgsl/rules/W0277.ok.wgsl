//! test check
// an entry point must not be called
 @compute @workgroup_size(1) fn main() {  }
fn f() { }

//! == check ==
//! valid
