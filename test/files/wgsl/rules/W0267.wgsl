//! test check
// a swizzle must name components of the vector, in one letter set
const a = vec2(1, 2).z; //~ W0267

//! == check ==
//! error[W0267]: 'z' does not name components of the vector: 'vec2<abstract-int>' has 2 components
//!  --> shader.wgsl:3:22
//! 3 | const a = vec2(1, 2).z; //~ W0267
//!   |                      ^
