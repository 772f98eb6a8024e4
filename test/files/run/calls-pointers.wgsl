//! test run
//! dispatch 2
//! bind 0.0 u32 range 64
//! bind 0.1 zero 128
// Pointers to every kind of memory, into the middle of things, passed on, and the same function with several of them.
struct Cell { count: u32, values: array<vec4u, 4> }
@group(0) @binding(0) var<storage, read_write> cells: array<u32, 64>;
@group(0) @binding(1) var<storage, read_write> dst: array<u32>;
var<workgroup> shared_cells: array<Cell, 8>;
var<workgroup> counter: atomic<u32>;
var<private> seed: u32;
var<private> state: array<u32, 4>;
fn next(s: ptr<function, u32>) -> u32 { *s = *s * 1664525u + 1013904223u; return *s >> 16u; }
fn two(s: ptr<function, u32>) -> u32 { let a = next(s); return a ^ next(s); }
fn nextPrivate(s: ptr<private, u32>) -> u32 { *s = *s * 1664525u + 1013904223u; return *s >> 16u; }
fn bump(p: ptr<function, array<vec3u, 3>>, i: u32, by: u32) { (*p)[i].y += by; addTo(&(*p)[i], by); }
fn addTo(v: ptr<function, vec3u>, by: u32) { *v += vec3u(by); (*v)[by % 3u] ^= 1u; }
fn count(c: ptr<workgroup, atomic<u32>>) -> u32 { return atomicAdd(c, 2u); }
fn put(cell: ptr<workgroup, Cell>, i: u32, x: u32) { (*cell).count = x; (*cell).values[i % 4u].z = x * 2u; }
fn fetch(cell: ptr<workgroup, Cell>, i: u32) -> u32 { return (*cell).count + value(&(*cell).values[i % 4u]); }
fn value(v: ptr<workgroup, vec4u>) -> u32 { return (*v).z; }
fn load(p: ptr<storage, array<u32, 64>, read_write>, i: u32) -> u32 { return (*p)[i]; }
fn swap(a: ptr<function, u32>, b: ptr<function, u32>) { let t = *a; *a = *b; *b = t; }
fn local(x: u32) -> u32 {
  var s = x;
  var t: u32;
  for (var i = 0u; i < 3u; i++) { var fresh: u32; fresh += next(&s); t += fresh; swap(&s, &t); }
  return s ^ t;
}
@compute @workgroup_size(8) fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) l: u32) {
  var s = id.x + 1u;
  var list: array<vec3u, 3>;
  var total = next(&s) + two(&s);
  seed = id.x;
  total += nextPrivate(&seed) + nextPrivate(&state[id.x % 4u]) + state[id.x % 4u];
  bump(&list, id.x % 3u, 5u);
  bump(&list, 1u, id.x);
  total += list[0].x + 3u * list[1].y + 5u * list[2].z;
  put(&shared_cells[l], l, id.x * 10u);
  _ = count(&counter);
  workgroupBarrier();
  total += fetch(&shared_cells[(l + 3u) % 8u], (l + 3u) % 8u) + atomicLoad(&counter);
  total += load(&cells, id.x * 4u) + local(id.x) + local(total);
  dst[id.x] = total;
}

//! == run ==
//! 0.1 u32 1355530263 704826208 2918231316 566335983 1229513228 3769865407 2229367294 435756252 1048722262 288867888 3558255921 2928824301 2381131511 2294881505 3879572980 1612251468 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
