//! test check
// module scope has 'const', 'override' and 'var', but no 'let'
let a = 1; //~ W0123

//! == check ==
//! error[W0123]: 'let' cannot be used at module scope; use 'const', 'override' or 'var'
//!  --> shader.wgsl:3:1
//! 3 | let a = 1; //~ W0123
//!   | ^^^
//! help: declare it with: 'const'
