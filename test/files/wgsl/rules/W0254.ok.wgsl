//! test check
// @blend_src marks exactly two outputs of one type at location 0
enable dual_source_blending;
struct a { @location(0) @blend_src(0) b: vec4f, @location(0) @blend_src(1) c: vec4f }

//! == check ==
//! valid
