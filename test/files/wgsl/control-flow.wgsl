//! test check
fn f(n: i32) -> i32 {
  switch n {
    case 1, 2: { return 1; }
    case 2: { continue; }
  }
  loop {
    let step = 1;
    if n > 3 { continue; }
    let last = step;
    continuing {
      _ = last;
      break;
    }
  }
}

//! == check ==
//! error[W0297]: this 'switch' has no default clause
//!  --> shader.wgsl:3:3
//! 3 |   switch n {
//!   |   ^^^^^^^^^^
//!
//! error[W0296]: the selector 2 is used twice in this 'switch'
//!  --> shader.wgsl:5:10
//! 5 |     case 2: { continue; }
//!   |          ^
//! note: first used here
//!  --> shader.wgsl:4:13
//! 4 |     case 1, 2: { return 1; }
//!   |             ^
//!
//! error[W0298]: 'continue' stands in no loop
//!  --> shader.wgsl:5:15
//! 5 |     case 2: { continue; }
//!   |               ^^^^^^^^
//!
//! error[W0203]: 'last' is used here, but a 'continue' may skip its declaration
//!   --> shader.wgsl:12:11
//! 12 |       _ = last;
//!    |           ^^^^
//! note: 'last' is declared here
//!   --> shader.wgsl:10:9
//! 10 |     let last = step;
//!    |         ^^^^
//! note: this 'continue' comes before it
//!  --> shader.wgsl:9:16
//! 9 |     if n > 3 { continue; }
//!   |                ^^^^^^^^
//!
//! error[W0301]: 'break' must not leave a continuing block; use 'break if' at its end
//!   --> shader.wgsl:13:7
//! 13 |       break;
//!    |       ^^^^^
//!
//! error[W0300]: 'f' must return a value of type 'i32' on every path
//!   --> shader.wgsl:16:1
//! 16 | }
//!    | ^
