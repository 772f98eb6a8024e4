//! test check
// a 'const' or 'let' declaration needs an initialiser
override a: i32;

//! == check ==
//! valid
