//! test check
// only vectors, matrices and arrays can be indexed, by integers
const a = 1[0]; //~ W0268

//! == check ==
//! error[W0268]: a value of type 'abstract-int' cannot be indexed
//!  --> shader.wgsl:3:11
//! 3 | const a = 1[0]; //~ W0268
//!   |           ^^^^
