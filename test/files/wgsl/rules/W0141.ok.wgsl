//! test check
// a comparison must not be chained
const a = (1 < 2) == true;

//! == check ==
//! valid
