//! test check
// a value constructor must be given what makes up its type
const a = vec2(1, 2, 3); //~ W0273

//! == check ==
//! error[W0273]: 'vec2' cannot be constructed from (abstract-int, abstract-int, abstract-int)
//!  --> shader.wgsl:3:11
//! 3 | const a = vec2(1, 2, 3); //~ W0273
//!   |           ^^^^^^^^^^^^^
