//! test check
// a const assertion must hold
const_assert 1 == 1;

//! == check ==
//! valid
