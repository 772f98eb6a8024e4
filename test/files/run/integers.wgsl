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

//! == run ==
//! 0.1 i32 0 0 0 0 0 0 0 7 0 1 -7 33554432 0 -1 1 -8 0 -1 -2147483647 -2147483648 -1 1 1 -2147483648 0 7 -2147483648 7 0 -7 7 -2147483641 0 -7 -700 -112 -1 7 7 -99 2147483647 0 0 2147483647 2147483647 -2147483647 2147483647 2147483647 -2147483648 0 -2147483648 0 -1073741824 -2147483648 -2147483648 -2147483647 -100 0 -100 0 0 -100 100 -101
//! 0.2 u32 0 0 0 3 3232 0 4294967295 224 0 1 0 2 13100 2147483648 0 65313 2 1 33554431 1 320000 4294967295 542 4294967295 0 7 0 2 32900 3758096384 33 7 42949672 89 4095 1 300000 2684354559 544 4294904985 2147483647 0 2147483647 0 310100 4294967294 540 2147418143 2147483648 0 1073741824 1 10031 1 31 2147483680 0 100 0 2 32502 637534208 18 65508
