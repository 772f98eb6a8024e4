//! test run
//! dispatch 1; bind 0.0 u32 zero 8
// constant indices far past the end stay in the vector, as near ones do
struct S { a: array<u32, 2>, d: vec2u, b: array<u32, 2> }
var<workgroup> s: S;
@group(0) @binding(0) var<storage, read_write> o: array<u32, 8>;
@compute @workgroup_size(1) fn main() {
  for (var i = 0u; i < 2u; i++) { s.a[i] = 7u; s.b[i] = 8u; }
  { let k = 4294967295u; o[0] = s.d[k]; }
  { let k = 2147483647u; o[1] = s.d[k]; }
  { let k = -1; o[2] = s.d[k]; }
  { let k = 2u; o[3] = s.d[k]; }
  { let k = 1000000u; o[4] = s.d[k]; }
  { let k = 1073741824u; o[5] = s.d[k]; }
}

//! == run ==
//! 0.0 u32 0 0 0 0 0 0 0 0
