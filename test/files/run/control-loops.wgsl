//! test run
//! dispatch 1; bind 0.0 u32 zero 16
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(16) fn main(@builtin(local_invocation_index) i: u32) {
  var sum = 0u;
  for (var a = 0u; a < i; a++) {
    if (a == 5u) { continue; }
    var b = 0u;
    while (true) {
      if (b > a) { break; }
      sum += b * (a + 1u);
      b++;
      if (sum > 200u) { break; }
    }
    if (sum > 500u) { break; }
  }
  loop {
    sum += 1u;
    continuing { sum += 1u; break if sum % 7u == 3u || sum > 1000u; }
  }
  o[i] = sum;
}

//! == run ==
//! 0.0 u32 10 10 10 17 45 87 87 234 234 234 234 234 234 234 234 234
