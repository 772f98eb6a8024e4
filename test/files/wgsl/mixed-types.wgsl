//! test check
fn f(n: u32, x: f32) -> f32 {
  let scaled = x * n;
  return scaled + 1;
}

//! == check ==
//! error[W0261]: operator '*' is not defined for 'f32' and 'u32'; WGSL never converts one concrete type to another by itself: convert one operand, as in 'f32(x)'
//!  --> shader.wgsl:3:16
//! 3 |   let scaled = x * n;
//!   |                ^^^^^
