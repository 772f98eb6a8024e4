/** Sources of any size that are all of one kind: time and memory of each must follow its length. */

export interface Shape {
  readonly name: string;
  /** valid, but for those that are about errors */
  readonly make: (bytes: number) => string;
}

/** @param unit text number i, of about equal length for all */
function repeated(bytes: number, before: string, unit: (i: number) => string, after = ""): string {
  const parts = [before];
  let length = before.length + after.length;
  for (let i = 0; length < bytes; i++) {
    const part = unit(i);
    parts.push(part);
    length += part.length;
  }
  return parts.join("") + after;
}

const BODY = `var v = a * b + vec4f(0.5, 1.0, f32(n), 1.0);
  for (var i = 0u; i < n; i++) { if v.x > 2.0 { v = v * 0.5; continue; } v += select(a, b, v < vec4f(1)); }
  return normalize(v.xyz) * dot(a, b);`;

export const shapes: readonly Shape[] = [
  {
    name: "many functions",
    make: (bytes) => repeated(bytes, "", (i) => `fn mix${i}(a: vec4f, b: vec4f, n: u32) -> vec3f {\n  ${BODY}\n}\n`),
  },
  {
    name: "one long function",
    make: (bytes) =>
      repeated(
        bytes,
        "fn f(a: f32) -> f32 {\n  var s = a;\n",
        (i) => `  let x${i} = s * 1.5 + f32(${i}) - a;\n  s = max(s, x${i});\n`,
        "  return s;\n}\n",
      ),
  },
  {
    name: "call chain",
    make: (bytes) => repeated(bytes, "fn f0() -> i32 { return 1; }\n", (i) => `fn f${i + 1}() -> i32 { return f${i}() + 1; }\n`),
  },
  {
    name: "call chain to a barrier",
    make: (bytes) =>
      repeated(bytes, "fn f0(a: u32) { if a > 9 { return; } workgroupBarrier(); }\n", (i) => `fn f${i + 1}(a: u32) { f${i}(a); }\n`),
  },
  {
    name: "structs of structs",
    // at most 15 deep: the language has a limit
    make: (bytes) =>
      repeated(bytes, "", (i) => `struct S${i} { a: ${i % 14 === 0 ? "vec3f" : `S${i - 1}`}, b: mat4x4f, c: array<u32, 4> }\n`),
  },
  {
    name: "many globals",
    make: (bytes) => repeated(bytes, "", (i) => `const c${i} = ${i} * 2 + 1;\nvar<private> v${i}: array<vec4f, c${i}>;\n`),
  },
  { name: "one large array", make: (bytes) => repeated(bytes, "const a = array(", (i) => `vec2(${i}.5, 2.0) * 3, `, ");\n") },
  {
    name: "one large switch",
    make: (bytes) =>
      repeated(bytes, "fn f(a: i32) -> i32 { switch a { ", (i) => `case ${i}: { return ${i * 3}; }\n`, "default: { return 0; } } }\n"),
  },
  { name: "errors in one line", make: (bytes) => repeated(bytes, "fn f() { ", (i) => `let a${i} = 1 + true; `, "}") },
  { name: "unknown names", make: (bytes) => repeated(bytes, "fn f() {\n", (i) => `  let a${i} = unknown${i} + 1;\n`, "}\n") },
  { name: "nothing but brackets", make: (bytes) => "(".repeat(bytes) },
];
