//! test run
//! dispatch 2; bind 0.0 u32 zero 20
// one value for all, of every type, between barriers
struct S { a: vec3f, b: array<u32, 2>, c: bool }
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<workgroup> s: S;
var<workgroup> n: u32;
var<workgroup> flag: bool;
var<workgroup> cell: atomic<u32>;
var<workgroup> list: array<vec2i, 5>;
@compute @workgroup_size(10) fn main(@builtin(local_invocation_index) i: u32, @builtin(workgroup_id) g: vec3u) {
  if (i == 9u) {
    s = S(vec3f(1, 2, 3), array(4u, 5u + g.x), true);
    n = 6u;
    flag = true;
    list[n % 5u] = vec2i(-7, 8);
  }
  atomicAdd(&cell, i);
  let x = workgroupUniformLoad(&s);
  let k = workgroupUniformLoad(&n);
  var sum = u32(x.a.x + x.a.y + x.a.z) + x.b[0] + x.b[1] + k; // 6 + 4 + 5 + g + 6
  if (workgroupUniformLoad(&flag)) { // uniform: a barrier may stand here
    sum += workgroupUniformLoad(&cell) * 100u; // 45
    workgroupBarrier();
  }
  sum += u32(workgroupUniformLoad(&list[k % 5u]).y) * 10000u;
  while (workgroupUniformLoad(&n) > 3u) {
    sum += 1000000u;
    if (i == 4u) { n--; }
    workgroupBarrier();
  }
  o[g.x * 10u + i] = sum;
}

//! == run ==
//! 0.0 u32 3084521 3084521 3084521 3084521 3084521 3084521 3084521 3084521 3084521 3084521 3084522 3084522 3084522 3084522 3084522 3084522 3084522 3084522 3084522 3084522
