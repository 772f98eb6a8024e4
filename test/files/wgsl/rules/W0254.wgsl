//! test check
// @blend_src marks exactly two outputs of one type at location 0
enable dual_source_blending;
struct a { @location(0) @blend_src(0) b: vec4f } //~ W0254

//! == check ==
//! error[W0254]: a structure with @blend_src has two members at location 0, of one type, with @blend_src(0) and @blend_src(1)
//!  --> shader.wgsl:4:12
//! 4 | struct a { @location(0) @blend_src(0) b: vec4f } //~ W0254
//!   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
