//! test run
//! dispatch 2
//! bind 0.0 u32 range 64
//! bind 0.1 zero 256
// Functions that wait at barriers, called from uniform flow only: in a uniform loop, from each other, with values of the lanes kept across.
@group(0) @binding(0) var<storage, read> src: array<u32>;
@group(0) @binding(1) var<storage, read_write> dst: array<u32>;
var<workgroup> tile: array<u32, 32>;
var<workgroup> flag: u32;
fn rotate(l: u32, x: u32, by: u32) -> u32 {
  tile[l] = x;
  workgroupBarrier();
  let y = tile[(l + by) % 32u];
  workgroupBarrier();
  return y;
}
fn reduce(l: u32, x: u32) -> u32 {
  tile[l] = x;
  workgroupBarrier();
  for (var step = 16u; step > 0u; step >>= 1u) {
    if (l < step) { tile[l] = plus(tile[l], tile[l + step]); }
    workgroupBarrier();
  }
  let sum = tile[0];
  workgroupBarrier();
  return sum;
}
fn plus(a: u32, b: u32) -> u32 { return a + b; }
fn decide(l: u32, x: u32) -> bool {
  if (l == 0u) { flag = x; }
  return workgroupUniformLoad(&flag) > 1000u;
}
fn both(l: u32, x: u32) -> u32 {
  let y = rotate(l, x, 3u);
  if (decide(l, reduce(l, y))) { return rotate(l, y, 1u); }
  return y + reduce(l, 1u);
}
@compute @workgroup_size(32) fn main(@builtin(local_invocation_index) l: u32, @builtin(global_invocation_id) id: vec3u) {
  var x = src[id.x];
  for (var i = 0u; i < 3u; i++) { x = both(l, x) + i * l; }
  dst[id.x] = x + reduce(l, l);
}

//! == run ==
//! 0.1 u32 543 547 551 555 559 563 567 571 575 579 583 587 591 595 599 603 607 611 615 619 623 595 599 603 607 611 615 619 591 595 599 603 544 548 552 556 560 564 568 572 576 580 584 588 592 596 600 604 608 612 616 620 592 596 600 604 608 612 616 620 592 596 600 604
