//! test run
//! dispatch 1; bind 0.0 u32 1 2 3 4 5 6 7; bind 0.1 u32 zero 11; bind 0.2 u32 1 2 3; bind 0.3 u32 zero 8; bind 0.4 u32 zero 4
// of a buffer that is no whole number of elements, the rest counts for nothing
struct Pair { a: vec2u, b: u32 }
struct Tail { n: u32, rest: array<Pair> }
@group(0) @binding(0) var<storage, read> words: array<u32>;
@group(0) @binding(1) var<storage, read_write> pairs: array<Pair>;
@group(0) @binding(2) var<storage, read> three: array<vec2u>;
@group(0) @binding(3) var<storage, read_write> tail: Tail;
@group(0) @binding(4) var<storage, read_write> o: array<u32>;
fn count(p: ptr<storage, array<Pair>, read_write>) -> u32 { return arrayLength(p); }
@compute @workgroup_size(1) fn main() {
  o[0] = arrayLength(&words);
  o[1] = arrayLength(&pairs) * 10u + count(&pairs);
  o[2] = arrayLength(&three);
  o[3] = arrayLength(&tail.rest) * 10u + count(&tail.rest);
  pairs[1000].b = 5u; // in the last whole element, not past it
  tail.rest[7].a = vec2u(6u, 7u);
}

//! == run ==
//! 0.1 u32 0 0 0 0 0 0 0 0 0 0 5
//! 0.3 u32 0 0 0 0 0 0 6 7
//! 0.4 u32 7 22 1 11
