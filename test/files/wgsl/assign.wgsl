//! test check
@group(0) @binding(0) var<storage> data: array<f32>;
const limit = 10;
fn f(p: ptr<function, vec3f>, n: i32) {
  limit = 11;
  n += 1;
  data[0] = 1.0;
  p = vec3f();
  (*p).xy = vec2f();
}

//! == check ==
//! error[W0291]: cannot assign to 'limit', declared with 'const'
//!  --> shader.wgsl:5:3
//! 5 |   limit = 11;
//!   |   ^^^^^
//! note: 'limit' is declared here; use 'var' to make it assignable
//!  --> shader.wgsl:3:7
//! 3 | const limit = 10;
//!   |       ^^^^^
//!
//! error[W0291]: cannot assign to 'n', a parameter
//!  --> shader.wgsl:6:3
//! 6 |   n += 1;
//!   |   ^
//! note: 'n' is declared here; use 'var' to make it assignable
//!  --> shader.wgsl:4:31
//! 4 | fn f(p: ptr<function, vec3f>, n: i32) {
//!   |                               ^
//!
//! error[W0291]: cannot assign to memory of type 'ref<storage, f32, read>': it is read-only
//!  --> shader.wgsl:7:3
//! 7 |   data[0] = 1.0;
//!   |   ^^^^^^^
//!
//! error[W0291]: cannot assign to the pointer 'p'; assign to what it points to with '*p'
//!  --> shader.wgsl:8:3
//! 8 |   p = vec3f();
//!   |   ^
//!
//! error[W0291]: cannot assign to several components of a vector at once
//!  --> shader.wgsl:9:3
//! 9 |   (*p).xy = vec2f();
//!   |   ^^^^^^^
