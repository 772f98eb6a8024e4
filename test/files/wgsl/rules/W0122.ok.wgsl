//! test check
// attributes may stand only where the grammar has them
@id(1) override a = 1;

//! == check ==
//! valid
