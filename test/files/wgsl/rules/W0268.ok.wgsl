//! test check
// only vectors, matrices and arrays can be indexed, by integers
const a = vec2(1, 2)[0];

//! == check ==
//! valid
