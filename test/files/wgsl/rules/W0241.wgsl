//! test check
// an attribute must not be given twice
@id(0) @id(0) override a = 1; //~ W0241

//! == check ==
//! error[W0241]: @id is given twice
//!  --> shader.wgsl:3:8
//! 3 | @id(0) @id(0) override a = 1; //~ W0241
//!   |        ^^^^^^
