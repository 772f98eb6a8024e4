//! test check
// an attribute must not be given twice
@id(0) override a = 1;

//! == check ==
//! valid
