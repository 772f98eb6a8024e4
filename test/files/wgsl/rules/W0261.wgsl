//! test check
// an operator must have operands it is defined for
fn f() { _ = 1u + 1i; } //~ W0261

//! == check ==
//! error[W0261]: operator '+' is not defined for 'u32' and 'i32'; WGSL never converts one concrete type to another by itself: convert one operand, as in 'f32(x)'
//!  --> shader.wgsl:3:14
//! 3 | fn f() { _ = 1u + 1i; } //~ W0261
//!   |              ^^^^^^^
//! help: write: '1u'
