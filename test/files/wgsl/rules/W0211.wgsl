//! test check
// a type generator needs template arguments of the right number and kind
alias a = vec3<i32, i32>; //~ W0211

//! == check ==
//! error[W0211]: 'vec3' takes 1 template argument, but has 2
//!  --> shader.wgsl:3:11
//! 3 | alias a = vec3<i32, i32>; //~ W0211
//!   |           ^^^^^^^^^^^^^^
