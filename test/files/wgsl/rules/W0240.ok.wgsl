//! test check
// an attribute must stand on a kind of thing it applies to
@id(0) override a = 1;

//! == check ==
//! valid
