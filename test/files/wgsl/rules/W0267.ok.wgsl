//! test check
// a swizzle must name components of the vector, in one letter set
const a = vec3(1, 2, 3).z;

//! == check ==
//! valid
