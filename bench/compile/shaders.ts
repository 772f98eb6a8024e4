/**
 * Shaders for measuring compile time: four kinds, each with names and structure that differ from one to the next, so that no cache and no
 * inlined type feedback of one text can win. `chain` is what inlining everything would double at each link.
 */

/** Small numbers, the same for the same seed. */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 12345) >>> 0 || 1;
  }
  below(n: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state % n;
  }
  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }
  name(): string {
    return `${this.one(["mix", "turn", "flow", "shade", "wave", "core", "node", "edge"])}${this.one(["Up", "In", "At", "Of", "To"])}${this.below(100000)}`;
  }
  /** an f32 literal */
  f(): string {
    return `${this.below(4)}.${1 + this.below(99)}`;
  }
}

/** A map over a buffer: one statement or a few. */
export function smallShader(seed: number): string {
  const d = new Dice(seed);
  const [o, id, main, t] = [d.name(), d.name(), d.name(), d.name()];
  const size = d.one([32, 64, 128, 256]);
  const type = d.one(["f32", "f32", "vec4f", "u32"]);
  const k = type === "u32" ? `${1 + d.below(1000)}u` : d.f();
  const step = [
    `${t} = ${t} ${d.one(["*", "+", "-"])} ${k};`,
    `${t} += ${t} * ${k};`,
    `if (id.x > ${d.below(99)}u) { ${t} = ${t} * ${k}; }`,
  ];
  const steps = Array.from({ length: 1 + d.below(3) }, () => d.one(step).replace("id.x", `${id}.x`)).join("\n  ");
  return `@group(0) @binding(0) var<storage, read_write> ${o}: array<${type}>;
@compute @workgroup_size(${size}) fn ${main}(@builtin(global_invocation_id) ${id}: vec3u) {
  var ${t} = ${o}[${id}.x];
  ${steps}
  ${o}[${id}.x] = ${t};
}`;
}

/** Rounds of a hash over a window in a private array, with a table of constants and small helper functions. */
export function hashShader(seed: number): string {
  const d = new Dice(seed);
  const [table, o, rot, main, w, i, p, q] = Array.from({ length: 8 }, () => d.name());
  const state = "abcdefgh".split("").map((c) => c + d.below(100));
  const rounds = d.one([48, 56, 64, 72]);
  const sigma = (x: string) =>
    `(${Array.from({ length: 2 + d.below(2) }, () => `${rot}(${x}, ${1 + d.below(31)}u)`).join(" ^ ")} ^ (${x} >> ${1 + d.below(15)}u))`;
  const [a, b, c, e, f, g, h] = [0, 1, 2, 4, 5, 6, 7].map((k) => state[k]!) as [string, string, string, string, string, string, string];
  const shift = state
    .map((s, k) => (k === 0 ? `${s} = t1 + t2;` : k === 4 ? `${s} = ${state[3]} + t1;` : `${s} = ${state[k - 1]};`))
    .reverse();
  return `const ${table} = array<u32, ${rounds}>(${Array.from({ length: rounds }, () => `${d.below(0x7fffffff)}u`).join(",")});
@group(0) @binding(0) var<storage, read_write> ${o}: array<u32>;
fn ${rot}(x: u32, n: u32) -> u32 { return (x >> n) | (x << (32u - n)); }
@compute @workgroup_size(64) fn ${main}(@builtin(global_invocation_id) id: vec3u) {
  var ${w}: array<u32, 16>;
  ${w}[0] = id.x; ${w}[1] = 0x80000000u; ${w}[15] = ${d.below(1000)}u;
  ${state.map((s) => `var ${s} = ${d.below(0x7fffffff)}u;`).join(" ")}
  for (var ${i} = 0u; ${i} < ${rounds}u; ${i}++) {
    if (${i} >= 16u) {
      let ${p} = ${w}[(${i} + 1u) & 15u];
      let ${q} = ${w}[(${i} + ${9 + d.below(6)}u) & 15u];
      ${w}[${i} & 15u] += ${sigma(p!)} + ${w}[(${i} + 9u) & 15u] + ${sigma(q!)};
    }
    let t1 = ${h} + ${sigma(e)} + ((${e} & ${f}) ^ (~${e} & ${g})) + ${table}[${i}] + ${w}[${i} & 15u];
    let t2 = ${sigma(a)} + ((${a} & ${b}) ^ (${a} & ${c}) ^ (${b} & ${c}));
    ${shift.join(" ")}
  }
  ${o}[id.x] = (${a} + ${d.below(0x7fffffff)}u) ^ ${h};
}`;
}

/** `count` functions of about a dozen statements each, all of them called, from one place or more. */
export function functionsShader(seed: number, count: number, sites = 1): string {
  const d = new Dice(seed);
  const names = Array.from({ length: count }, (_, i) => `${d.name()}_${i}`);
  const o = d.name();
  const parts = names.map((name) => oneFunction(d, name));
  const calls = names.flatMap((name) => Array.from({ length: sites }, () => `  v = ${name}(v, v.${d.one(["x", "y", "z"])});`));
  return `@group(0) @binding(0) var<storage, read_write> ${o}: array<f32>;
${parts.join("\n")}
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  var v = vec3f(f32(id.x), 0.5, ${d.f()});
${calls.join("\n")}
  ${o}[id.x] = v.x + v.y + v.z;
}
`;
}
function oneFunction(d: Dice, name: string): string {
  const [a, k, v, m, q] = [d.name(), d.name(), d.name(), d.name(), d.name()];
  const matrix = `let ${m} = mat3x3f(vec3f(${d.f()}, ${d.f()}, ${d.f()}), vec3f(-${d.f()}, ${d.f()}, 0.0), vec3f(0.0, ${k} * ${d.f()}, 1.0));`;
  const body = [
    `if (s > ${d.f()}) { ${v} = ${q} / (s + ${d.f()}); } else { ${v} = mix(${q}, abs(${v}), vec3f(${d.f()})) + vec3f(sin(${k}), cos(${k}), ${d.f()}); }`,
    `${v} = ${d.one(["normalize", "fract", "abs"])}(${q} + vec3f(s, ${k}, ${d.f()}));`,
    `switch (i % 3) { case 0: { ${v} += ${q}; } case 1: { ${v} -= ${q} * s; } default: { ${v} = cross(${v}, ${q}); } }`,
  ];
  const tail = [
    `${v}.y = select(${v}.y, ${v}.z * ${d.f()}, ${v}.z > ${v}.y);`,
    `if (${v}.x > ${v}.y) { return ${v}.zyx; }`,
    `${v} = max(${v}, vec3f(${k})) - floor(${v});`,
  ];
  const last = d.one([
    `clamp(${v}, vec3f(-4.0), vec3f(4.0))`,
    `reflect(${v}, vec3f(0.0, 1.0, 0.0))`,
    `${v} * inverseSqrt(1.0 + dot(${v}, ${v}))`,
  ]);
  return `
fn ${name}(${a}: vec3f, ${k}: f32) -> vec3f {
  var ${v} = ${a};
  ${matrix}
  for (var i = 0; i < ${2 + d.below(5)}; i++) {
    let ${q} = ${m} * ${v};
    let s = dot(${q}, ${q}) + ${d.f()};
    ${d.one(body)}
    ${d.below(2) === 0 ? d.one(body) : ""}
    if (${v}.x < -${d.f()}) { ${d.one(["break", "continue"])}; }
  }
  ${d.one(tail)}
  ${d.one(tail)}
  return ${last};
}`;
}

/** A chain in which each function calls the next twice: 2^depth calls. */
export function chainShader(seed: number, depth: number): string {
  const d = new Dice(seed);
  const names = Array.from({ length: depth }, (_, i) => `${d.name()}_${i}`);
  const fns = names.map((name, i) => {
    const next = names[i + 1];
    if (!next) return `fn ${name}(x: u32) -> u32 { return x * ${1 + 2 * d.below(1000)}u + ${d.below(1000)}u; }`;
    return `fn ${name}(x: u32) -> u32 { let y = ${next}(x + ${d.below(99)}u); return ${next}(y ^ (x >> ${1 + d.below(30)}u)) ${d.one(["+", "^", "-"])} y; }`;
  });
  return `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
${fns.join("\n")}
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { o[id.x] = ${names[0]}(id.x); }
`;
}

/** At least `bytes` of straight code. */
export function longShader(seed: number, bytes: number): string {
  const d = new Dice(seed);
  let body = "";
  for (let n = 0; body.length < bytes; n++) {
    body += `  let t${n} = ${n > 0 ? `t${n - 1 - d.below(Math.min(n, 5))}` : "f32(id.x)"} * ${d.f()} ${d.one(["+", "-"])} ${d.one(["x", "y", "z"])};\n`;
    if (d.below(8) === 0) body += `  ${d.one(["x", "y", "z"])} = ${d.one(["sin", "abs", "sqrt", "fract"])}(t${n});\n`;
    if (d.below(16) === 0) body += `  if (t${n} > ${d.f()}) { x += t${n}; } else { y = y * t${n}; }\n`;
  }
  return `@group(0) @binding(0) var<storage, read_write> o: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  var x = ${d.f()}; var y = ${d.f()}; var z = 1.0;
${body}
  o[id.x] = x + y + z;
}
`;
}
