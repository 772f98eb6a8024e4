//! test run
//! dispatch 2; bind 0.0 i32 zero 24
@group(0) @binding(0) var<storage, read_write> o: array<i32>;
fn classify(x: i32) -> i32 {
  switch x {
    case -1, 7: { return 70; }
    case 0: { return 1; }
    case 2, 3, default: {
      if x > 10 { break; }
      return x * 2;
    }
    case 5: { }
  }
  return -x;
}
@compute @workgroup_size(12) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = i32(id.x);
  var acc = 0;
  for (var k = -1; k < i; k++) {
    switch k & 3 {
      case 0: { continue; }
      case 1: { acc += classify(k); break; }
      case 2: { if k > 12 { break; } acc -= 1; }
      default: { acc += 1000; }
    }
    acc += 1;
    if acc > 9000 { break; }
  }
  o[i] = acc + classify(i);
}

//! == run ==
//! 0.0 i32 1002 1003 1008 1010 2013 2000 2013 2071 3018 3020 3041 3010 4010 4009 3996 3996 4996 4995 4978 4978 5978 5977 5956 5956
