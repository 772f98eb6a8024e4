//! test check
@group(0) @binding(0) var t: texture_2d<f32>;
fn f(i: i32) -> f32 {
  let a = clamp(i, 0u, 10u);
  let b = textureLoad(t, vec2f(0.5), 0);
  let c = dot(vec3f(), vec2f());
  return b.x + c;
}

//! == check ==
//! error[W0262]: no overload of 'clamp' takes (i32, u32, u32)
//!  --> shader.wgsl:4:11
//! 4 |   let a = clamp(i, 0u, 10u);
//!   |           ^^^^^^^^^^^^^^^^^
//! note: candidate: clamp(e: T, low: T, high: T) -> T, where T is a number or a vector of it
//!
//! error[W0262]: no overload of 'textureLoad' takes (texture_2d<f32>, vec2<f32>, abstract-int)
//!  --> shader.wgsl:5:11
//! 5 |   let b = textureLoad(t, vec2f(0.5), 0);
//!   |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//! note: candidate: textureLoad(t: texture_2d<ST>, coords: vec2<C>, level: L) -> vec4<ST>, where ST is i32 or u32 or f32, C is i32 or u32, L is i32 or u32
//! note: candidate: textureLoad(t: texture_multisampled_2d<ST>, coords: vec2<C>, sample_index: S) -> vec4<ST>, where ST is i32 or u32 or f32, C is i32 or u32, S is i32 or u32
//! note: candidate: textureLoad(t: texture_depth_2d, coords: vec2<C>, level: L) -> f32, where C is i32 or u32, L is i32 or u32
//! note: candidate: textureLoad(t: texture_depth_multisampled_2d, coords: vec2<C>, sample_index: S) -> f32, where C is i32 or u32, S is i32 or u32
//! note: and 9 more
//!
//! error[W0262]: no overload of 'dot' takes (vec3<f32>, vec2<f32>)
//!  --> shader.wgsl:6:11
//! 6 |   let c = dot(vec3f(), vec2f());
//!   |           ^^^^^^^^^^^^^^^^^^^^^
//! note: candidate: dot(e1: vecN<T>, e2: vecN<T>) -> T, where T is a number
