//! test run
//! dispatch 1; bind 0.0 u32 zero 12
// the result of a call is stored with its neighbours at once, but its register stands side by side with those of the arguments
@group(0) @binding(0) var<storage, read_write> o: array<vec4u>;
fn f(a: u32, b: u32) -> u32 { return a * 3u + b; }
@compute @workgroup_size(3) fn main(@builtin(local_invocation_index) i: u32) {
  var v = array<u32, 5>(i, 14u, 2u, f(i, 59u), 7u);
  v[i + 1u] += 1u;
  o[i] = vec4u(v[i], v[i + 1u], v[i + 2u], f(i, i));
}

//! == run ==
//! 0.0 u32 0 15 2 0 14 3 62 4 2 66 7 8
