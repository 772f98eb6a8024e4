//! test check
// a member must exist
struct s { a: i32 }
const a = s(1).a;

//! == check ==
//! valid
