//! test run
//! dispatch 1; bind 0.0 u32 zero 4
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
  var x = i;
  loop {
    x = x * 1664525u + 1013904223u;
    if (o[3] == 1u) { break; }
  }
  o[i] = x;
}

//! == run ==
//! trap: cause 6
