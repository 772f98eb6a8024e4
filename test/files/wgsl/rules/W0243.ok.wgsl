//! test check
// @align and @size must not go below what the member's type needs
struct a { @align(8) b: f32 }

//! == check ==
//! valid
