//! test check
// a statement is required here
fn f() {
  float a; //~ W0116
}

//! == check ==
//! error[W0116]: declarations start with 'let', 'var' or 'const', and the type follows the name
//!  --> shader.wgsl:4:3
//! 4 |   float a; //~ W0116
//!   |   ^^^^^^^
//! help: declare it as: 'var a: f32'
