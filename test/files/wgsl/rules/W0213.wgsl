//! test check
// an array element must be a plain type whose size is known when the module is made
alias a = array<sampler, 2>; //~ W0213

//! == check ==
//! error[W0213]: 'sampler' cannot be the element type of an array: it must be made of scalars
//!  --> shader.wgsl:3:17
//! 3 | alias a = array<sampler, 2>; //~ W0213
//!   |                 ^^^^^^^
