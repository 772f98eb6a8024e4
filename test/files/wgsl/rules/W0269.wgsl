//! test check
// an index known early must be in bounds
const a = vec2(1, 2)[2]; //~ W0269

//! == check ==
//! error[W0269]: index 2 is out of bounds: the last is 1
//!  --> shader.wgsl:3:22
//! 3 | const a = vec2(1, 2)[2]; //~ W0269
//!   |                      ^
