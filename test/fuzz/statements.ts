/** Random statements, functions and whole programs. Loops end, barriers stand in uniform flow, and what is written does not depend on order. */
import { type Callee, expr, expression, index, literal, place, randomType, type Scope, type Variable } from "./expressions.ts";
import { type Node, print, Random } from "./tree.ts";
import { array, BOOL, F32, I32, struct, type Ty, U32, vec } from "./types.ts";

export interface Program {
  readonly root: Node;
  readonly workgroupSize: number;
  readonly groups: number;
  /** pairs of one expression: as a constant, and with its literals loaded */
  readonly constants: readonly { readonly constant: Node; readonly loaded: Node }[];
}
/** Words that each invocation may write of each kind. */
export const SLOTS = 16;

const stmt = (...parts: (string | Node)[]): Node => ({ kind: "stmt", ty: null, parts });
const item = (...parts: (string | Node)[]): Node => ({ kind: "item", ty: null, parts });
const block = (parts: Node[]): Node => ({ kind: "block", ty: null, parts });

interface Body {
  readonly s: Scope;
  /** what may stand here */
  readonly loops: number;
  readonly depth: number;
  readonly result: Ty | null;
  readonly uniform: boolean;
  readonly size: number;
  readonly names: { next: number };
}

function inner(b: Body, change: Partial<Body> = {}): Body {
  return { ...b, depth: b.depth - 1, ...change, s: { ...b.s, variables: [...b.s.variables] } };
}
const some = (b: Body, ty: Ty, depth = 1 + b.s.r.below(3)) => expression(b.s, ty, depth);
const fresh = (b: Body, letter: string) => `${letter}${b.names.next++}`;

function statements(b: Body, count: number): Node {
  const out: Node[] = [];
  for (let i = 0; i < count; i++) {
    const made = b.s.r.pick(STATEMENTS)(b);
    if (made) out.push(made);
  }
  return block(out);
}
const few = (b: Body) => 1 + b.s.r.below(3);

type Maker = (b: Body) => Node | null;

const declare: Maker = (b) => {
  const ty =
    b.s.r.chance(12) && b.s.structs.length > 0
      ? b.s.r.pick(b.s.structs)
      : b.s.r.chance(12)
        ? array(randomType(b.s), 2 + b.s.r.below(6))
        : randomType(b.s);
  const writable = b.s.r.chance(70);
  const name = fresh(b, writable ? "v" : "c");
  const value = some(b, ty);
  const made = item(writable ? "var " : "let ", name, `: ${ty.name} = `, value, ";\n");
  b.s.variables.push({ name, ty, writable });
  return made;
};
const assign: Maker = (b) => {
  const { r } = b.s;
  const targets = b.s.variables.filter((v) => v.writable);
  if (targets.length === 0) return null;
  const whole = r.pick(targets).ty;
  const parts = partsOf(whole);
  const to = place(b.s, r.chance(40) ? whole : r.pick(parts), 1, true);
  if (!to) return null;
  const ty = to.ty!;
  const compound =
    ty.kind === "scalar" || ty.kind === "vec"
      ? ty.of === "bool"
        ? ["="]
        : ["=", "+=", "-=", "*=", ...(ty.of === "f32" || ty.of === "f16" ? [] : ["^=", "|=", "&="])]
      : ["="];
  return stmt(to, ` ${r.pick(compound)} `, some(b, ty), ";\n");
};
function partsOf(ty: Ty): Ty[] {
  if (ty.kind === "struct") return ty.members.flatMap(partsOf).concat(ty.members);
  if (ty.kind === "array") return [ty.element, ...partsOf(ty.element)];
  return [ty];
}
const put: Maker = (b) => {
  const [f, ty] = b.s.r.pick([
    ["put_u", U32],
    ["put_f", F32],
    ["put_u", U32],
    ["put_i", I32],
    ["put_v", vec("f32", 4)],
  ] as const);
  return stmt(`${f}(`, some(b, ty), ");\n");
};
const branch: Maker = (b) => {
  if (b.depth <= 0) return null;
  const parts: (string | Node)[] = ["if ", some(b, BOOL), " {\n", statements(inner(b, { uniform: false }), few(b)), "}"];
  if (b.s.r.chance(50)) parts.push(" else {\n", statements(inner(b, { uniform: false }), few(b)), "}");
  return stmt(...parts, "\n");
};
const choose: Maker = (b) => {
  if (b.depth <= 0) return null;
  const parts: (string | Node)[] = ["switch ", some(b, I32), " & 7i {\n"];
  for (let i = 0; i < 7; i++) {
    if (b.s.r.chance(50)) continue;
    const body = statements(inner(b, { uniform: false }), few(b));
    parts.push(`case ${i}i${b.s.r.chance(20) ? `, ${i + 20}i` : ""}: {\n`, body, "}\n");
  }
  parts.push("default: {\n", statements(inner(b, { uniform: false }), few(b)), "}\n");
  return stmt(...parts, "}\n");
};
/** A counter that the body cannot write bounds every loop. */
const loop: Maker = (b) => {
  if (b.depth <= 0 || b.loops >= 2) return null;
  const { r } = b.s;
  const k = fresh(b, "k");
  const uniform = b.uniform && r.chance(40);
  const body = inner(b, { loops: b.loops + 1, uniform });
  body.s.variables.push({ name: k, ty: U32, writable: false });
  const most = 1 + r.below(6);
  const exits = (): (string | Node)[] => (uniform ? [] : [exit(body)]);
  const limit: (string | Node)[] = uniform || r.chance(50) ? [`${most}u`] : ["min(", some(b, U32), `, ${most}u)`];
  switch (r.below(3)) {
    case 0:
      return stmt(`for (var ${k} = 0u; ${k} < `, ...limit, `; ${k}++) {\n`, statements(body, few(b)), ...exits(), "}\n");
    case 1:
      return stmt(`{ var ${k} = 0u; while ${k} < `, ...limit, ` {\n${k}++;\n`, statements(body, few(b)), ...exits(), "} }\n");
    default: {
      const parts: (string | Node)[] = [
        `{ var ${k} = 0u; loop {\nif ${k} >= `,
        ...limit,
        " { break; }\n",
        statements(body, few(b)),
        ...exits(),
      ];
      parts.push(`continuing {\n${k}++;\n`, statements(inner(body, { loops: 9, depth: 0, result: null }), 1));
      if (!uniform && r.chance(30)) parts.push("break if ", some(body, BOOL), ";\n");
      return stmt(...parts, "}\n} }\n");
    }
  }
};
function exit(b: Body): Node {
  const { r } = b.s;
  const how = r.chance(50) ? "break" : "continue";
  return stmt("if ", some(b, BOOL), ` {\n`, statements(inner(b, { uniform: false }), r.below(2)), `${how}; }\n`);
}
const leave: Maker = (b) => {
  if (b.result === null || b.loops > 8 || !b.s.r.chance(30)) return null;
  return stmt("if ", some(b, BOOL), " {\nreturn ", some(b, b.result), ";\n}\n");
};
const atomics: Maker = (b) => {
  const { r } = b.s;
  const [name, cell] = r.pick([
    ["atomicAdd", 0],
    ["atomicOr", 1],
    ["atomicAnd", 2],
    ["atomicXor", 3],
    ["atomicMax", 4],
    ["atomicMin", 5],
  ] as const);
  if (r.chance(50)) return stmt(`${name}(&shared_cells[${cell}], `, some(b, U32), ");\n");
  // a cell of its own: the old value is known
  const own = r.pick(["atomicExchange", "atomicSub", name]);
  if (r.chance(30)) return stmt("put_u(atomicCompareExchangeWeak(&own_cells[li], ", some(b, U32), ", ", some(b, U32), ").old_value);\n");
  return stmt(`put_u(${own}(&own_cells[li], `, some(b, U32), "));\n");
};
const exchange: Maker = (b) => {
  if (!b.uniform) return null;
  const n = b.size;
  const read = b.s.r.chance(25) ? [`put_u(workgroupUniformLoad(&wg[${b.s.r.below(n)}]));\n`] : ["put_u(wg[", index(b.s, n, 2), "]);\n"];
  return stmt("wg[li] = ", some(b, U32), ";\nworkgroupBarrier();\n", ...read, "workgroupBarrier();\n");
};
const nested: Maker = (b) => (b.depth <= 0 ? null : stmt("{\n", statements(inner(b), few(b)), "}\n"));

const STATEMENTS: readonly Maker[] = [
  declare,
  declare,
  declare,
  assign,
  assign,
  assign,
  assign,
  put,
  put,
  branch,
  branch,
  choose,
  loop,
  loop,
  leave,
  atomics,
  exchange,
  nested,
];

const HEAD = `struct Empty { a: u32 }
@group(0) @binding(0) var<storage, read> in_u: array<u32, 64>;
@group(0) @binding(1) var<storage, read> in_f: array<f32, 64>;
@group(0) @binding(2) var<storage, read_write> out_u: array<u32>;
@group(0) @binding(3) var<storage, read_write> out_f: array<f32>;
@group(0) @binding(4) var<storage, read_write> shared_cells: array<atomic<u32>, 8>;
var<private> zero_i32: i32;
var<private> zero_bool: bool;
var<private> at_u: u32;
var<private> at_f: u32;
var<private> me: u32;
fn put_u(x: u32) { let i = me * ${SLOTS}u + at_u % ${SLOTS}u; out_u[i] = out_u[i] * 31u + x; at_u++; }
fn put_i(x: i32) { put_u(bitcast<u32>(x)); }
fn put_f(x: f32) { out_f[me * ${SLOTS}u + at_f % ${SLOTS}u] = x; at_f++; }
fn put_v(x: vec4<f32>) { put_f(x.x); put_f(x.y); put_f(x.z); put_f(x.w); }
fn bits_of(x: f32) -> u32 { if x != x { return 7u; } return bitcast<u32>(x); }
fn clean2(x: vec2<f32>) -> vec2<f32> { return select(x, vec2<f32>(), x != x); }
fn clean4(x: vec4<f32>) -> vec4<f32> { return select(x, vec4<f32>(), x != x); }
`;

/** @param plain see Scope */
export function generate(seed: number, plain = 30): Program {
  const r = new Random(seed);
  const [half, group] = [r.chance(35), r.chance(35)];
  const size = r.pick([1, 3, 4, 6, 8, 16, 20]);
  const names = { next: 0 };
  const callees: Callee[] = [];
  const base: Scope = { r, variables: [], callees, structs: [], half, group, isConst: false, plain };
  const structs: Ty[] = [];
  const parts: (string | Node)[] = [];
  if (half) parts.push("enable f16;\n");
  if (group) parts.push("enable subgroups;\ndiagnostic(off, subgroup_uniformity);\n");
  parts.push(HEAD, `var<workgroup> wg: array<u32, ${size}>;\nvar<workgroup> own_cells: array<atomic<u32>, ${size}>;\n`);
  for (let i = r.below(3); i > 0; i--) {
    const members = Array.from({ length: 1 + r.below(4) }, () =>
      r.chance(20) ? array(randomType(base), 2 + r.below(3)) : structs.length > 0 && r.chance(20) ? r.pick(structs) : randomType(base),
    );
    const ty = struct(`S${structs.length}`, members);
    structs.push(ty);
    parts.push(`struct ${ty.name} {${members.map((m, k) => ` m${k}: ${m.name},`).join("")} }\n`);
  }
  const globals: Variable[] = [];
  for (let i = r.below(4); i > 0; i--) {
    const ty =
      r.chance(30) && structs.length > 0 ? r.pick(structs) : r.chance(30) ? array(randomType(base), 2 + r.below(6)) : randomType(base);
    globals.push({ name: `p${globals.length}`, ty, writable: true });
    parts.push(item(`var<private> p${globals.length - 1}: ${ty.name};\n`));
  }
  const inputs: Variable[] = [
    ...globals,
    { name: "in_u", ty: array(U32, 64), writable: false },
    { name: "in_f", ty: array(F32, 64), writable: false },
    { name: "me", ty: U32, writable: false },
  ];
  const scope = (): Scope => ({ ...base, structs, variables: [...inputs] });
  for (let i = r.below(4); i > 0; i--) parts.push(helper(scope(), callees, names, size));
  const s = scope();
  s.variables.push({ name: "li", ty: U32, writable: false });
  const body: Body = { s, loops: 0, depth: 3, result: null, uniform: true, size, names };
  const constants = constantPairs(s);
  parts.push(
    `@compute @workgroup_size(${size}) fn main(@builtin(local_invocation_index) li: u32, @builtin(workgroup_id) group_id: vec3<u32>) {\n`,
  );
  parts.push(
    `me = group_id.x * ${size}u + li;\n`,
    statements(body, 4 + r.below(8)),
    statements(inner(body), few(body)),
    finish(body),
    "}\n",
  );
  return { root: { kind: "item", ty: null, parts }, workgroupSize: size, groups: 1 + r.below(2), constants };
}

function helper(s: Scope, callees: Callee[], names: { next: number }, size: number): Node {
  const { r } = s;
  const name = `f${callees.length}`;
  const result = randomType(s);
  const params = Array.from({ length: r.below(4) }, () => ({ ty: randomType(s), pointer: r.chance(25) }));
  const texts: string[] = [];
  params.forEach((p, i) => {
    texts.push(p.pointer ? `a${i}: ptr<function, ${p.ty.name}>` : `a${i}: ${p.ty.name}`);
    s.variables.push({ name: p.pointer ? `(*a${i})` : `a${i}`, ty: p.ty, writable: p.pointer });
  });
  // `li` is not there: atomics of an own cell use it
  const body: Body = { s, loops: 0, depth: 2, result, uniform: false, size, names };
  const before = statements(body, few(body));
  const made = item(
    `fn ${name}(${texts.join(", ")}) -> ${result.name} {\nlet li = me % ${size}u;\n`,
    before,
    "return ",
    expression(s, result, 2),
    ";\n}\n",
  );
  callees.push({ name, result, params });
  return made;
}

/** Shows what the variables of main hold at the end. */
function finish(b: Body): Node {
  const out: Node[] = [];
  for (const v of b.s.variables) {
    if (!v.writable) continue;
    for (const ty of new Set(partsOf(v.ty))) {
      if (ty.kind !== "scalar" && ty.kind !== "vec") continue;
      const read = place({ ...b.s, variables: [v] }, ty, 1, false);
      if (!read) continue;
      const one = ty.kind === "vec" ? expr(ty, read, ".x") : read;
      if (ty.of === "f32" || ty.of === "f16") out.push(stmt("put_f(f32(", one, "));\n"));
      else out.push(stmt(ty.of === "bool" ? "put_u(u32(" : "put_u(u32(", one, "));\n"));
    }
  }
  return block(out);
}

/** Expressions of literals only, and the same with each literal behind a load. */
function constantPairs(s: Scope): { constant: Node; loaded: Node }[] {
  const { r } = s;
  const out: { constant: Node; loaded: Node }[] = [];
  for (let i = 0; i < 4; i++) {
    const ty = r.pick([U32, I32, F32, BOOL, vec("f32", 4), vec("i32", 2), ...(s.half ? [vec("f16", 3)] : [])]);
    const constant = expression({ ...s, variables: [], callees: [], group: false, isConst: true }, ty, 2);
    out.push({ constant, loaded: constant });
  }
  return out;
}

export const showLiteral = literal;
export const text = (p: Program) => print(p.root);
