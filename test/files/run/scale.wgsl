//! test isa run
//! dispatch 1; bind 0.0 u32 1 2 3 4
@group(0) @binding(0) var<storage, read_write> v: array<u32, 4>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { v[i] = v[i] * 3u; }

//! == isa ==
//! .stage compute
//! .workgroup 4 1 1
//! .slot 0 storage read write min=16
//! .func main
//!   mov w0, #0
//!   shl w0, w0, #2
//!   ld.32 v0, s0[w0], N lim=12, contig
//!   imul v0, v0, #3
//!   st.32 v0, s0[w0], N lim=12, contig
//!   ret
//! .end
//! == run ==
//! 0.0 u32 3 6 9 12
