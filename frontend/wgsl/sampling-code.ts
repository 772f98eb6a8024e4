/**
 * What the builtins that take a sampler do, in WGSL, after the text of texture-code.ts. A sampler is a buffer to the machine, which the driver
 * writes. `dims` is 1, 2, 3, or CUBE; coordinates that a texture lacks are 0. `image` is the layer; of a cube, 6 times its number.
 * @see https://www.w3.org/TR/WGSL/#texture-builtin-functions, https://www.w3.org/TR/webgpu/#sampler-creation
 */

/** Names of the functions' type, per component type of the texture. */
const COMPONENTS = ["f32", "u32", "i32"] as const;

export const CUBE = 4;

export const SAMPLING_CODE = `
struct Sampler {
  u: u32, v: u32, w: u32, mag: u32,
  min: u32, mip: u32, compare: u32, anisotropy: u32,
  lod_min: f32, lod_max: f32,
}
alias SamplerPtr = ptr<uniform, Sampler>;

fn wrapped(i: i32, n: i32, mode: u32) -> i32 {
  switch mode {
    case 0: { return clamp(i, 0, n - 1); }
    case 1: {
      let r = i % n;
      return select(r, r + n, r < 0);
    }
    default: {
      let r = i % (2 * n);
      let p = select(r, r + 2 * n, r < 0);
      return select(p, 2 * n - 1 - p, p >= n);
    }
  }
}

// s, t and the major axis
fn cube_axes(face: u32, d: vec3<f32>) -> vec3<f32> {
  switch face {
    case 0: { return vec3<f32>(-d.z, -d.y, d.x); }
    case 1: { return vec3<f32>(d.z, -d.y, -d.x); }
    case 2: { return vec3<f32>(d.x, d.z, d.y); }
    case 3: { return vec3<f32>(d.x, -d.z, -d.y); }
    case 4: { return vec3<f32>(d.x, -d.y, d.z); }
    default: { return vec3<f32>(-d.x, -d.y, -d.z); }
  }
}

fn cube_face(d: vec3<f32>) -> u32 {
  let a = abs(d);
  if a.z >= a.x && a.z >= a.y { return select(4u, 5u, d.z < 0); }
  if a.y >= a.x { return select(2u, 3u, d.y < 0); }
  return select(0u, 1u, d.x < 0);
}

fn cube_direction(face: u32, p: vec2<f32>) -> vec3<f32> {
  switch face {
    case 0: { return vec3<f32>(1, -p.y, -p.x); }
    case 1: { return vec3<f32>(-1, -p.y, p.x); }
    case 2: { return vec3<f32>(p.x, 1, p.y); }
    case 3: { return vec3<f32>(p.x, -1, -p.y); }
    case 4: { return vec3<f32>(p.x, -p.y, 1); }
    default: { return vec3<f32>(-p.x, -p.y, -1); }
  }
}

fn cube_point(face: u32, d: vec3<f32>) -> vec3<f32> {
  let a = cube_axes(face, d);
  return vec3<f32>(a.xy / (2 * a.z) + 0.5, 0);
}

// beyond an edge of its face a texel is one of the next face; beyond a corner there is none, and the nearest stands for it
fn cube_texel(at: vec2<i32>, image: u32, n: i32) -> vec3<u32> {
  let inside = clamp(at, vec2<i32>(0), vec2<i32>(n - 1));
  let out = inside != at;
  if out.x == out.y { return vec3<u32>(vec2<u32>(inside), image); }
  let p = (vec2<f32>(inside) * 2 + 1) / f32(n) - 1;
  let face = image % 6;
  let d = cube_direction(face, select(p, sign(vec2<f32>(at) + 0.5 - f32(n) * 0.5) * 1.00001, out));
  let next = cube_face(d);
  let q = cube_point(next, d).xy;
  let found = clamp(vec2<i32>(floor(q * f32(n))), vec2<i32>(0), vec2<i32>(n - 1));
  return vec3<u32>(vec2<u32>(found), image - face + next);
}

// the texel at coordinates that may lie outside
fn texel_place(info: InfoPtr, s: SamplerPtr, dims: u32, at: vec3<i32>, image: u32, level: u32) -> vec3<u32> {
  let size = vec3<i32>(info.level[level].size);
  if dims == ${CUBE} { return cube_texel(at.xy, image, size.x); }
  var p = vec3<u32>(u32(wrapped(at.x, size.x, s.u)), 0, image);
  if dims >= 2 { p.y = u32(wrapped(at.y, size.y, s.v)); }
  if dims == 3 { p.z = u32(wrapped(at.z, size.z, s.w)); }
  return p;
}

fn passes(s: SamplerPtr, f: Format, reference: f32, depth: f32) -> f32 {
  let r = select(reference, saturate(reference), f.r.w == 4);
  switch s.compare {
    case 2: { return select(0.0, 1.0, r < depth); }
    case 3: { return select(0.0, 1.0, r == depth); }
    case 4: { return select(0.0, 1.0, r <= depth); }
    case 5: { return select(0.0, 1.0, r > depth); }
    case 6: { return select(0.0, 1.0, r != depth); }
    case 7: { return select(0.0, 1.0, r >= depth); }
    case 8: { return 1.0; }
    default: { return 0.0; }
  }
}

fn tap(t: Texels, info: InfoPtr, s: SamplerPtr, f: Format, dims: u32, compares: bool, reference: f32, at: vec3<i32>, image: u32, level: u32) -> vec4<f32> {
  let v = load_f32(t, info, f, texel_place(info, s, dims, at, image, level), level, 0);
  if compares { return vec4<f32>(passes(s, f, reference, v.x)); }
  return v;
}

// taps are a loop, so that the code of one is there once
fn sample_at(t: Texels, info: InfoPtr, s: SamplerPtr, f: Format, dims: u32, compares: bool, reference: f32, coords: vec3<f32>, image: u32, offset: vec3<i32>, level: u32, linear: bool) -> vec4<f32> {
  let p = coords * vec3<f32>(info.level[level].size) - select(0.0, 0.5, linear);
  let low = floor(p);
  let weights = p - low;
  let at = vec3<i32>(low) + offset;
  let taps = select(1u, select(1u << dims, 4u, dims == ${CUBE}), linear);
  var sum = vec4<f32>();
  for (var i = 0u; i < taps; i++) {
    let corner = vec3<u32>(i & 1, (i >> 1) & 1, i >> 2);
    let w = select(1 - weights, weights, corner == vec3<u32>(1));
    var weight = select(1.0, w.x, linear);
    if dims > 1 { weight *= select(1.0, w.y, linear); }
    if dims == 3 { weight *= select(1.0, w.z, linear); }
    sum += weight * tap(t, info, s, f, dims, compares, reference, at + vec3<i32>(corner), image, level);
  }
  return sum;
}

fn sample_level(t: Texels, info: InfoPtr, s: SamplerPtr, f: Format, dims: u32, compares: bool, reference: f32, coords: vec3<f32>, layer: u32, offset: vec3<i32>, lod: f32) -> vec4<f32> {
  var point = coords;
  var image = layer;
  if dims == ${CUBE} {
    let face = cube_face(coords);
    point = cube_point(face, coords);
    image += face;
  }
  let l = clamp(lod, s.lod_min, s.lod_max);
  let linear = select(s.min, s.mag, l <= 0) == 1;
  let most = f32(info.levels - 1);
  let exact = clamp(select(floor(l + 0.5), l, s.mip == 1), 0, most);
  let low = floor(exact);
  let weight = exact - low;
  var sum = vec4<f32>();
  for (var i = 0u; i < select(1u, 2u, weight > 0); i++) {
    let w = select(1 - weight, weight, i == 1);
    sum += w * sample_at(t, info, s, f, dims, compares, reference, point, image, offset, u32(low) + i, linear);
  }
  return sum;
}

fn steps_of(dims: u32, face: u32, coords: vec3<f32>, d: vec3<f32>) -> vec3<f32> {
  if dims != ${CUBE} { return d; }
  let a = cube_axes(face, coords);
  let e = cube_axes(face, d);
  return vec3<f32>((e.xy * a.z - a.xy * e.z) / (2 * a.z * a.z), 0);
}

fn sample_grad(t: Texels, info: InfoPtr, s: SamplerPtr, f: Format, dims: u32, compares: bool, reference: f32, coords: vec3<f32>, layer: u32, offset: vec3<i32>, dx: vec3<f32>, dy: vec3<f32>, bias: f32) -> vec4<f32> {
  let face = cube_face(coords);
  let size = vec3<f32>(info.level[0].size);
  let x = steps_of(dims, face, coords, dx) * size;
  let y = steps_of(dims, face, coords, dy) * size;
  let lod = 0.5 * log2(max(dot(x, x), dot(y, y)));
  return sample_level(t, info, s, f, dims, compares, reference, coords, layer, offset, lod + clamp(bias, -16.0, 15.99));
}

fn layer_of(info: InfoPtr, index: i32) -> u32 { return u32(clamp(index, 0, i32(info.layers) - 1)); }

fn clamped_to_edge(info: InfoPtr, coords: vec3<f32>) -> vec3<f32> {
  let half = 0.5 / vec3<f32>(info.level[0].size);
  return clamp(coords, half, 1 - half);
}

fn gather_texel(info: InfoPtr, s: SamplerPtr, dims: u32, coords: vec3<f32>, layer: u32, offset: vec3<i32>, corner: vec2<i32>) -> vec3<u32> {
  var point = coords;
  var image = layer;
  if dims == ${CUBE} {
    let face = cube_face(coords);
    point = cube_point(face, coords);
    image += face;
  }
  let at = vec3<i32>(floor(point * vec3<f32>(info.level[0].size) - 0.5)) + offset + vec3<i32>(corner, 0);
  return texel_place(info, s, dims, at, image, 0);
}
${COMPONENTS.map(
  (type) => `
fn gather_${type}(t: Texels, info: InfoPtr, s: SamplerPtr, f: Format, dims: u32, component: u32, coords: vec3<f32>, layer: u32, offset: vec3<i32>) -> vec4<${type}> {
  var gathered: vec4<${type}>;
  for (var i = 0; i < 4; i++) {
    let at = gather_texel(info, s, dims, coords, layer, offset, vec2<i32>(((i + 1) >> 1) & 1, 1 - (i >> 1)));
    gathered[i] = load_${type}(t, info, f, at, 0, 0)[component];
  }
  return gathered;
}
`,
).join("")}
fn gather_compare(t: Texels, info: InfoPtr, s: SamplerPtr, f: Format, dims: u32, reference: f32, coords: vec3<f32>, layer: u32, offset: vec3<i32>) -> vec4<f32> {
  let d = gather_f32(t, info, s, f, dims, 0, coords, layer, offset);
  return vec4<f32>(passes(s, f, reference, d.x), passes(s, f, reference, d.y), passes(s, f, reference, d.z), passes(s, f, reference, d.w));
}
`;
