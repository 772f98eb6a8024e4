//! test check
// directives must come before all declarations
const a = 1;
enable f16; //~ W0111

//! == check ==
//! error[W0111]: 'enable' must come before all declarations
//!  --> shader.wgsl:4:1
//! 4 | enable f16; //~ W0111
//!   | ^^^^^^
