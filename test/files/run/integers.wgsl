//! test run
//! dispatch 1
//! bind 0.0 i32 0 1 -1 7 -7 2147483647 -2147483648 100
//! bind 0.1 i32 zero 64
//! bind 0.2 u32 zero 64
@group(0) @binding(0) var<storage, read> x: array<i32, 8>;
@group(0) @binding(1) var<storage, read_write> o: array<i32, 64>;
@group(0) @binding(2) var<storage, read_write> u: array<u32, 64>;
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32) {
  let a = x[i];
  let b = x[(i + 3u) % 8u];
  let c = u32(a);
  let d = u32(b);
  let k = i * 8u;
  o[k] = a / b; o[k + 1u] = a % b; o[k + 2u] = a * b; o[k + 3u] = a << (d & 63u);
  o[k + 4u] = a >> (d % 40u); o[k + 5u] = -a; o[k + 6u] = abs(a); o[k + 7u] = min(a, b) ^ max(a, b);
  u[k] = c / d; u[k + 1u] = c % d; u[k + 2u] = c >> (d % 40u); u[k + 3u] = select(0u, 1u, a < b) | select(0u, 2u, c < d) | select(0u, 4u, a == b);
  u[k + 4u] = countOneBits(c) * 10000u + countLeadingZeros(c) * 100u + countTrailingZeros(c); u[k + 5u] = reverseBits(c);
  u[k + 6u] = extractBits(c, 3u, 9u) + firstLeadingBit(c) + firstTrailingBit(d); u[k + 7u] = insertBits(c, d, 5u, 11u);
}
