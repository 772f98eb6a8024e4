//! test check
const a = b + 1;
const b = a + 1;
struct Light { position: vec3f, position: vec4f }
@group(0) @binding(0) var<uniform> lights: array<Light>;
var<workgroup> counter: atomic<u32> = 0;
fn f() -> vec3f {
  let x = 1;
  let x = 2;
  return lightz.position;
}

//! == check ==
//! error[W0202]: 'a' uses itself by way of 'b'
//!  --> shader.wgsl:2:7
//! 2 | const a = b + 1;
//!   |       ^
//!
//! error[W0216]: this structure has two members named 'position'
//!  --> shader.wgsl:4:33
//! 4 | struct Light { position: vec3f, position: vec4f }
//!   |                                 ^^^^^^^^
//! note: the other is here
//!  --> shader.wgsl:4:16
//! 4 | struct Light { position: vec3f, position: vec4f }
//!   |                ^^^^^^^^
//!
//! error[W0222]: 'array<Light>' is not constructible, as the 'uniform' address space needs
//!  --> shader.wgsl:5:44
//! 5 | @group(0) @binding(0) var<uniform> lights: array<Light>;
//!   |                                            ^^^^^^^^^^^^
//!
//! error[W0223]: a module-scope variable in the 'workgroup' address space cannot have an initialiser
//!  --> shader.wgsl:6:39
//! 6 | var<workgroup> counter: atomic<u32> = 0;
//!   |                                       ^
//!
//! error[W0201]: 'x' is declared twice in this scope
//!  --> shader.wgsl:9:7
//! 9 |   let x = 2;
//!   |       ^
//! note: 'x' was declared here before
//!  --> shader.wgsl:8:7
//! 8 |   let x = 1;
//!   |       ^
//!
//! error[W0200]: 'lightz' is not declared
//!   --> shader.wgsl:10:10
//! 10 |   return lightz.position;
//!    |          ^^^^^^
//! help: did you mean: 'lights'
