//! test check
// the initialiser of a module-scope declaration must be known before run time
const a = 1;
var<private> b = a;

//! == check ==
//! valid
