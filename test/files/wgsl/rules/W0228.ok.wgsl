//! test check
// an override id must be unique and at most 65535
@id(1) override a = 1;
@id(2) override b = 1;

//! == check ==
//! valid
