//! test check
// increment and decrement need an integer in memory that can be written
fn f() { var a = 1; a++; }

//! == check ==
//! valid
