// The Mandelbrot set, one invocation per pixel. Run it: npm start, or npx portcullis run examples/mandelbrot.wgsl --png out.png
//! dispatch 24 16
//! override ITERATIONS=200
//! bind 0.0 u32 192 128
//! bind 0.1 u32 zero 24576
//! image 0.1 192 128

override ITERATIONS: u32 = 100;

@group(0) @binding(0) var<uniform> size: vec2u;
@group(0) @binding(1) var<storage, read_write> pixels: array<u32>;

fn square(z: vec2f) -> vec2f {
  return vec2f(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y);
}

/// Iterations until |z| > 2, smoothed; ITERATIONS if it never happens.
fn escape(c: vec2f) -> f32 {
  var z = vec2f();
  for (var i = 0u; i < ITERATIONS; i++) {
    z = square(z) + c;
    if (dot(z, z) > 16.0) {
      return f32(i) + 1.0 - log2(log2(dot(z, z)) * 0.5);
    }
  }
  return f32(ITERATIONS);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= size)) {
    return;
  }
  let c = (vec2f(id.xy) + 0.5) / vec2f(size) * vec2f(3.0, 2.0) - vec2f(2.2, 1.0);
  let t = escape(c);
  var color = 0.5 + 0.5 * cos(vec3f(3.0, 3.6, 4.2) + t * 0.15);
  if (t >= f32(ITERATIONS)) {
    color = vec3f();
  }
  pixels[id.y * size.x + id.x] = pack4x8unorm(vec4f(color, 1.0));
}
