//! test check
// a 'const' holds a constructible value
const a: sampler = 1; //~ W0233

//! == check ==
//! error[W0233]: a 'const' cannot be of type 'sampler': it is not constructible
//!  --> shader.wgsl:3:10
//! 3 | const a: sampler = 1; //~ W0233
//!   |          ^^^^^^^
