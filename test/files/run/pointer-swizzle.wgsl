//! test run
//! dispatch 1; bind 0.0 f32 1 2 3 4; bind 0.1 f32 zero 8
@group(0) @binding(0) var<storage, read> i: vec4f;
@group(0) @binding(1) var<storage, read_write> o: array<vec4f, 2>;
fn turn(p: ptr<function, vec4f>) -> vec4f { return p.wzyx; }
@compute @workgroup_size(1) fn main() {
  var a = i;
  o[0] = turn(&a);
  let p = &a;
  p.x = 9.0;
  o[1] = vec4f((&a).xy, p.zw.yx);
}

//! == run ==
//! 0.1 f32 4 3 2 1 9 2 4 3
