//! test run
//! dispatch 1; bind 0.0 u32 zero 4
@group(0) @binding(0) var<storage, read_write> o: array<u32, 4>;
@compute @workgroup_size(1) fn main() {
  var i = 500u;
  for (var i = 0u; i < 2u; i++) {
    let at = i;
    var i = 501u + i;
    o[at] = i;
  }
  o[2] = i;
}

//! == run ==
//! 0.0 u32 501 502 500 0
