//! test run
//! dispatch 1; bind 0.0 u32 5 8 1 9 12 3 7 0 22 6 4; bind 0.1 u32 zero 11
@group(0) @binding(0) var<storage, read> v: array<u32>;
@group(0) @binding(1) var<storage, read_write> o: array<u32>;
fn find(limit: u32) -> u32 {
  for (var i = 0u; i < arrayLength(&v); i++) {
    for (var j = i; j < arrayLength(&v); j++) {
      if (v[i] + v[j] == limit) { return i * 100u + j; }
      if (v[j] == 0u) { break; }
    }
  }
  return 9999u;
}
@compute @workgroup_size(16) fn main(@builtin(local_invocation_index) i: u32) {
  if (i >= 11u) { return; }
  if (i == 0u) { o[0] = find(13u); return; }
  o[i] = find(i * 3u);
}

//! == run ==
//! 0.1 u32 1 507 2 102 6 106 303 304 404 9999 9999
