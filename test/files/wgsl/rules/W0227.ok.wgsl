//! test check
// an override must be a concrete scalar
override a = 1;

//! == check ==
//! valid
