//! test check
// an override id must be unique and at most 65535
@id(1) override a = 1;
@id(1) override b = 1; //~ W0228

//! == check ==
//! error[W0228]: the override id 1 is used twice
//!  --> shader.wgsl:4:1
//! 4 | @id(1) override b = 1; //~ W0228
//!   | ^^^^^^
//! note: first used here
//!  --> shader.wgsl:3:1
//! 3 | @id(1) override a = 1;
//!   | ^^^^^^
