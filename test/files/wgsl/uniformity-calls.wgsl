//! test check
@group(0) @binding(0) var t: texture_2d<f32>;
@group(0) @binding(1) var s: sampler;
@group(0) @binding(2) var<storage, read_write> list: array<u32>;
fn sample(uv: vec2f) -> vec4f { return textureSample(t, s, uv); }
fn shade(uv: vec2f, lit: bool) -> vec4f {
  if lit { return sample(uv); }
  return vec4f();
}
fn level() -> u32 { return list[0] + 1; }
fn fill(p: ptr<function, u32>) { *p = list[1]; }
fn scale(a: f32, b: f32) -> f32 { return a * b; }
@fragment fn main(@location(0) uv: vec2f) -> @location(0) vec4f {
  var n = 0u;
  fill(&n);
  for (var i = 0u; i < 4; i++) {
    if i == n { break; }
    _ = textureSample(t, s, uv);
  }
  if scale(uv.x, 2) > 1 || dpdx(uv.y) > 0 {
    @diagnostic(warning, derivative_uniformity) { _ = sample(uv); }
    @diagnostic(warning, derivative_uniformity) { _ = textureSampleBias(t, s, uv, 1); }
    @diagnostic(info, derivative_uniformity) { _ = fwidth(uv.y); }
    @diagnostic(off, derivative_uniformity) { _ = dpdy(uv.y); }
  }
  let far = level() > 3;
  return shade(uv, far);
}
@fragment fn late(@builtin(position) position: vec4f) -> @location(0) vec4f {
  if position.x < 0.5 { discard; return vec4f(); }
  return shade(position.xy, true);
}

//! == check ==
//! error[W0331]: 'textureSample' needs derivatives, so all invocations must call it together, but some may not get here
//!  --> shader.wgsl:5:40
//! 5 | fn sample(uv: vec2f) -> vec4f { return textureSample(t, s, uv); }
//!   |                                        ^^^^^^^^^^^^^^^^^^^^^^^
//! note: 'sample' is called here by 'main'
//!   --> shader.wgsl:21:55
//! 21 |     @diagnostic(warning, derivative_uniformity) { _ = sample(uv); }
//!    |                                                       ^^^^^^^^^^
//! note: the condition of this 'if' may differ between invocations
//!   --> shader.wgsl:20:6
//! 20 |   if scale(uv.x, 2) > 1 || dpdx(uv.y) > 0 {
//!    |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//! note: the result of 'dpdx' may differ between invocations
//!   --> shader.wgsl:20:28
//! 20 |   if scale(uv.x, 2) > 1 || dpdx(uv.y) > 0 {
//!    |                            ^^^^^^^^^^
//! note: call it before control flow divides, or use 'textureSampleLevel' or 'textureSampleGrad'
//!
//! error[W0331]: 'textureSample' needs derivatives, so all invocations must call it together, but some may not get here
//!  --> shader.wgsl:5:40
//! 5 | fn sample(uv: vec2f) -> vec4f { return textureSample(t, s, uv); }
//!   |                                        ^^^^^^^^^^^^^^^^^^^^^^^
//! note: 'sample' is called here
//!  --> shader.wgsl:7:19
//! 7 |   if lit { return sample(uv); }
//!   |                   ^^^^^^^^^^
//! note: the condition of this 'if' depends on 'lit'
//!  --> shader.wgsl:7:6
//! 7 |   if lit { return sample(uv); }
//!   |      ^^^
//! note: 'lit' of 'shade' is given here by 'main'
//!   --> shader.wgsl:27:20
//! 27 |   return shade(uv, far);
//!    |                    ^^^
//! note: the value of 'far' comes from here
//!   --> shader.wgsl:26:13
//! 26 |   let far = level() > 3;
//!    |             ^^^^^^^^^^^
//! note: the result of 'level' may differ between invocations
//!   --> shader.wgsl:26:13
//! 26 |   let far = level() > 3;
//!    |             ^^^^^^^
//! note: invocations may read different values from 'list': it may be written meanwhile
//!   --> shader.wgsl:10:28
//! 10 | fn level() -> u32 { return list[0] + 1; }
//!    |                            ^^^^
//! note: call it before control flow divides, or use 'textureSampleLevel' or 'textureSampleGrad'
//!
//! error[W0331]: 'textureSample' needs derivatives, so all invocations must call it together, but some may not get here
//!  --> shader.wgsl:5:40
//! 5 | fn sample(uv: vec2f) -> vec4f { return textureSample(t, s, uv); }
//!   |                                        ^^^^^^^^^^^^^^^^^^^^^^^
//! note: 'sample' is called here
//!  --> shader.wgsl:7:19
//! 7 |   if lit { return sample(uv); }
//!   |                   ^^^^^^^^^^
//! note: 'shade' is called here by 'late'
//!   --> shader.wgsl:31:10
//! 31 |   return shade(position.xy, true);
//!    |          ^^^^^^^^^^^^^^^^^^^^^^^^
//! note: the condition of this 'if' may differ between invocations, so some may have left before
//!   --> shader.wgsl:30:6
//! 30 |   if position.x < 0.5 { discard; return vec4f(); }
//!    |      ^^^^^^^^^^^^^^^^
//! note: 'position' is the builtin value 'position', which differs between invocations
//!   --> shader.wgsl:29:38
//! 29 | @fragment fn late(@builtin(position) position: vec4f) -> @location(0) vec4f {
//!    |                                      ^^^^^^^^
//! note: call it before control flow divides, or use 'textureSampleLevel' or 'textureSampleGrad'
//!
//! error[W0331]: 'textureSample' needs derivatives, so all invocations must call it together, but some may not get here
//!   --> shader.wgsl:18:9
//! 18 |     _ = textureSample(t, s, uv);
//!    |         ^^^^^^^^^^^^^^^^^^^^^^^
//! note: the condition of this 'if' may differ between invocations, so some may have left before
//!   --> shader.wgsl:17:8
//! 17 |     if i == n { break; }
//!    |        ^^^^^^
//! note: 'fill' may write a value that differs between invocations
//!   --> shader.wgsl:15:3
//! 15 |   fill(&n);
//!    |   ^^^^^^^^
//! note: invocations may read different values from 'list': it may be written meanwhile
//!   --> shader.wgsl:11:39
//! 11 | fn fill(p: ptr<function, u32>) { *p = list[1]; }
//!    |                                       ^^^^
//! note: call it before control flow divides, or use 'textureSampleLevel' or 'textureSampleGrad'
//!
//! error[W0331]: 'dpdx' needs derivatives, so all invocations must call it together, but some may not get here
//!   --> shader.wgsl:20:28
//! 20 |   if scale(uv.x, 2) > 1 || dpdx(uv.y) > 0 {
//!    |                            ^^^^^^^^^^
//! note: the left side of this '||' may differ between invocations
//!   --> shader.wgsl:20:6
//! 20 |   if scale(uv.x, 2) > 1 || dpdx(uv.y) > 0 {
//!    |      ^^^^^^^^^^^^^^^^^^
//! note: the result of 'scale' depends on its arguments
//!   --> shader.wgsl:20:6
//! 20 |   if scale(uv.x, 2) > 1 || dpdx(uv.y) > 0 {
//!    |      ^^^^^^^^^^^^^^
//! note: 'uv' is an input, which differs between invocations
//!   --> shader.wgsl:13:32
//! 13 | @fragment fn main(@location(0) uv: vec2f) -> @location(0) vec4f {
//!    |                                ^^
//! note: call it before control flow divides
//!
//! warning[W0331]: 'textureSampleBias' needs derivatives, so all invocations must call it together, but some may not get here
//!   --> shader.wgsl:22:55
//! 22 |     @diagnostic(warning, derivative_uniformity) { _ = textureSampleBias(t, s, uv, 1); }
//!    |                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//! note: the condition of this 'if' may differ between invocations
//!   --> shader.wgsl:20:6
//! 20 |   if scale(uv.x, 2) > 1 || dpdx(uv.y) > 0 {
//!    |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//! note: the result of 'dpdx' may differ between invocations
//!   --> shader.wgsl:20:28
//! 20 |   if scale(uv.x, 2) > 1 || dpdx(uv.y) > 0 {
//!    |                            ^^^^^^^^^^
//! note: call it before control flow divides, or use 'textureSampleLevel' or 'textureSampleGrad'
//!
//! info[W0331]: 'fwidth' needs derivatives, so all invocations must call it together, but some may not get here
//!   --> shader.wgsl:23:52
//! 23 |     @diagnostic(info, derivative_uniformity) { _ = fwidth(uv.y); }
//!    |                                                    ^^^^^^^^^^^^
//! note: the condition of this 'if' may differ between invocations
//!   --> shader.wgsl:20:6
//! 20 |   if scale(uv.x, 2) > 1 || dpdx(uv.y) > 0 {
//!    |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//! note: the result of 'dpdx' may differ between invocations
//!   --> shader.wgsl:20:28
//! 20 |   if scale(uv.x, 2) > 1 || dpdx(uv.y) > 0 {
//!    |                            ^^^^^^^^^^
//! note: call it before control flow divides
