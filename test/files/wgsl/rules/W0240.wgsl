//! test check
// an attribute must stand on a kind of thing it applies to
@group(0) override a = 1; //~ W0240

//! == check ==
//! error[W0240]: @group cannot be applied to an override
//!  --> shader.wgsl:3:1
//! 3 | @group(0) override a = 1; //~ W0240
//!   | ^^^^^^^^^
