//! test check
// an override must be a concrete scalar
override a = vec2(1, 2); //~ W0227

//! == check ==
//! error[W0227]: an 'override' is a scalar, but 'a' is 'vec2<i32>'
//!  --> shader.wgsl:3:10
//! 3 | override a = vec2(1, 2); //~ W0227
//!   |          ^
