//! test check
// a value constructor must be given what makes up its type
const a = vec3(1, 2, 3);

//! == check ==
//! valid
