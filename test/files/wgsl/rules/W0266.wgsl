//! test check
// a member must exist
struct s { a: i32 }
const a = s(1).b; //~ W0266

//! == check ==
//! error[W0266]: 's' has no member 'b'
//!  --> shader.wgsl:4:16
//! 4 | const a = s(1).b; //~ W0266
//!   |                ^
