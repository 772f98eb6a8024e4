//! test check
const big = 3000000000;
const wrong: i32 = big;
const over = 65504h + 1;
const table = array(1, 2, 3);
const past = table[big - 2999999997];
const_assert past == 3;
override size = 4;
const later = size * 2;

//! == check ==
//! error[W0275]: value 3000000000 cannot be represented as 'i32'
//!  --> shader.wgsl:3:20
//! 3 | const wrong: i32 = big;
//!   |                    ^^^
//!
//! error[W0212]: a literal of type 'f16' needs 'enable f16;' at the start of the module
//!  --> shader.wgsl:4:14
//! 4 | const over = 65504h + 1;
//!   |              ^^^^^^
//!
//! error[W0269]: index 3 is out of bounds: the last is 2
//!  --> shader.wgsl:6:20
//! 6 | const past = table[big - 2999999997];
//!   |                    ^^^^^^^^^^^^^^^^
//!
//! error[W0274]: the initialiser of a 'const' must be a const-expression
//!  --> shader.wgsl:9:15
//! 9 | const later = size * 2;
//!   |               ^^^^^^^^
