//! test isa run
//! dispatch 1; bind 0.0 u32 1 2 3 4
@group(0) @binding(0) var<storage, read_write> v: array<u32, 4>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { v[i] = v[i] * 3u; }
