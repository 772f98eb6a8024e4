//! test check
// attributes may stand only where the grammar has them
@id(1) const a = 1; //~ W0122

//! == check ==
//! error[W0122]: a 'const' declaration cannot have attributes
//!  --> shader.wgsl:3:1
//! 3 | @id(1) const a = 1; //~ W0122
//!   | ^^^^^^
