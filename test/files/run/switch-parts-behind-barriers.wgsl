//! test run
//! dispatch 1
//! bind 0.0 u32 1 2 3 4
//! bind 0.1 zero 192
// Lanes leave a switch that waits at a barrier: from another case, from the other half of an if, from lists at every depth, past functions.
@group(0) @binding(0) var<uniform> n: vec4u;
@group(0) @binding(1) var<storage, read_write> dst: array<vec4u, 12>;
var<workgroup> t: array<u32, 4>;
var<workgroup> flag: u32;
var<private> lane: u32;

fn wait(v: u32) -> u32 {
  t[lane] = v;
  workgroupBarrier();
  return t[3u - lane];
}

/** the barrier is in one case, the break in another */
fn other_case(kind: u32) -> u32 {
  var x = lane;
  switch kind {
    case 1u: { x += wait(x); }
    case 2u: {
      if lane > 1u { break; }
      x += 10u;
    }
    default: { x = 99u; }
  }
  return x;
}

/** in one half of an if, in the other; the statements behind both */
fn other_half(kind: u32, half: u32) -> u32 {
  var x = lane;
  switch kind {
    case 2u, default: {
      if half == 1u {
        x += wait(x);
      } else if half == 2u {
        if lane == 2u { break; }
        x += 20u;
      } else {
        x += 30u;
        if (lane & 1u) == 0u { x += 1u; break; } else if lane == 3u { break; }
        x += 5u;
      }
      x += 1000u;
      if lane == 0u { break; }
      x += 2000u;
    }
  }
  return x;
}

/** lanes drop out level by level, and skip all that follows */
fn levels(a: u32, b: u32) -> u32 {
  var x = 0u;
  switch a {
    case 1u: {
      x += wait(lane);
      {
        if b == 2u {
          if a == 1u {
            x += 100u * wait(lane);
            if lane == 0u { break; }
            x += 10000u;
          }
          x += 100000u;
          if lane == 1u { break; }
          x += 1000000u;
        }
        if lane == 2u { break; }
        x += 10000000u;
      }
      x += 100000000u;
    }
    default: {}
  }
  return x;
}

/** once more in a loop, where each round starts with all lanes; the barrier is a uniform load */
fn in_loop(rounds: u32) -> u32 {
  var x = 0u;
  for (var i = 0u; i < rounds; i++) {
    switch i & 1u {
      case 0u: {
        if rounds > 2u {
          if lane == 0u { flag = i; }
          let all = workgroupUniformLoad(&flag);
          if lane <= all { break; }
          x += 1u;
        }
        x += 10u;
      }
      default: {
        if lane == 3u { break; }
        x += 100u;
      }
    }
    x += 1000u;
  }
  return x;
}

/** all leave at once, in front of a barrier and behind one */
fn together(a: u32) -> u32 {
  var x = 1u;
  switch a {
    case 1u: {
      if n.y == 3u { break; }
      x += wait(lane);
      if n.z == 3u {
        x += wait(x);
        if n.w == 4u { break; }
        x += 1000u;
      } else {
        break;
      }
      x += 10000u;
    }
    default: {}
  }
  return x;
}

@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) l: u32) {
  lane = l;
  dst[0][l] = other_case(n.x);
  dst[1][l] = other_case(n.y);
  dst[2][l] = other_case(n.z);
  dst[3][l] = other_half(n.x, n.x);
  dst[4][l] = other_half(n.x, n.y);
  dst[5][l] = other_half(n.x, n.z);
  dst[6][l] = levels(n.x, n.y);
  dst[7][l] = levels(n.x, n.x);
  dst[8][l] = in_loop(n.w);
  dst[9][l] = in_loop(n.y);
  dst[10][l] = together(n.x);
  dst[11][l] = wait(l);
}

//! == run ==
//! 0.1 u32 3 3 3 3 10 11 2 3 99 99 99 99 1003 3003 3003 3003 1020 3021 2 3023 31 3036 33 33 303 110202 1110101 111110000 110000003 110000002 1 110000000 4200 4211 4211 4022 2110 2110 2110 2010 5 5 5 5 3 2 1 0
