//! test run
//! dispatch 1; bind 0.0 f32 zero 32
@group(0) @binding(0) var<storage, read_write> o: array<f32>;
@compute @workgroup_size(1) fn main() {
  let m = mat3x3f(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0);
  let n = mat2x3f(vec3f(1.0, 0.5, 0.25), vec3f(2.0, 4.0, 8.0));
  let v = vec3f(1.0, -1.0, 2.0);
  let a = m * v;
  let b = v * m;
  let c = m * n;
  let d = transpose(n);
  var k = 0u;
  for (var i = 0u; i < 3u; i++) { o[k] = a[i]; k++; }
  for (var i = 0u; i < 3u; i++) { o[k] = b[i]; k++; }
  for (var j = 0u; j < 2u; j++) { for (var i = 0u; i < 3u; i++) { o[k] = c[j][i]; k++; } }
  for (var j = 0u; j < 3u; j++) { for (var i = 0u; i < 2u; i++) { o[k] = d[j][i]; k++; } }
  o[k] = determinant(m); k++;
  let e = m + m * 0.5 - mat3x3f();
  o[k] = e[2][1]; k++;
  o[k] = dot(v, a); k++;
  let f = cross(v, a);
  o[k] = f.x; o[k + 1u] = f.y; o[k + 2u] = f.z;
}

//! == run ==
//! 0.0 f32 11 13 17 5 11 19 4.75 6.5 8.5 74 88 110 1 2 0.5 4 0.25 8 -3 12 32 -43 5 24 0 0 0 0 0 0 0 0
