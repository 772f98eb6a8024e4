//! test check
// what computes derivatives must be reached by all invocations, or by none
var<private> x: i32;
@fragment fn main() { if x == 0 { _ = dpdx(1f); } } //~ W0331

//! == check ==
//! error[W0331]: 'dpdx' needs derivatives, so all invocations must call it together, but some may not get here
//!  --> shader.wgsl:4:39
//! 4 | @fragment fn main() { if x == 0 { _ = dpdx(1f); } } //~ W0331
//!   |                                       ^^^^^^^^
//! note: the condition of this 'if' may differ between invocations
//!  --> shader.wgsl:4:26
//! 4 | @fragment fn main() { if x == 0 { _ = dpdx(1f); } } //~ W0331
//!   |                          ^^^^^^
//! note: invocations may read different values from 'x': each invocation has its own
//!  --> shader.wgsl:4:26
//! 4 | @fragment fn main() { if x == 0 { _ = dpdx(1f); } } //~ W0331
//!   |                          ^
//! note: call it before control flow divides
