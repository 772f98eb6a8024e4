/** Random well-typed expressions. Whatever they compute is defined and the same in every run: indexes are in range, and NaNs have no bits. */
import type { Node, Random } from "./tree.ts";
import { BOOL, elementOf, F16, F32, I32, isFloat, isInt, mat, type Scalar, scalar, type Ty, U32, vec, withScalar } from "./types.ts";

export interface Variable {
  readonly name: string;
  readonly ty: Ty;
  readonly writable: boolean;
}
export interface Callee {
  readonly name: string;
  readonly result: Ty;
  readonly params: readonly { readonly ty: Ty; readonly pointer: boolean }[];
}
export interface Scope {
  readonly r: Random;
  readonly variables: Variable[];
  readonly callees: readonly Callee[];
  readonly structs: readonly Ty[];
  readonly half: boolean;
  readonly group: boolean;
  /** only what const-expressions may hold */
  readonly isConst: boolean;
  /** of 100 literals, those that stand alone; to the others a variable that holds zero is added, so that nothing is a const-expression */
  readonly plain: number;
}

export const expr = (ty: Ty, ...parts: (string | Node)[]): Node => ({ kind: "expr", ty, parts });

/** A scalar, as a const-expression or not. */
function scalarValue(s: Scope, of: Scalar): string {
  const plain = literal(s, of);
  if (s.isConst || s.r.chance(s.plain)) return plain;
  return of === "bool" ? `(${plain} != zero_bool)` : `(${plain} + ${of}(zero_i32))`;
}

const INTS = [0, 1, 2, 3, 5, 7, 8, 13, 31, 32, 100, 255, 4096, 65535, 0x7fffffff];
const FLOATS = ["0.0", "1.0", "0.5", "2.0", "-1.0", "3.25", "-0.75", "10.0", "0.1", "100.5", "-7.5", "0.001"];

export function literal(s: Scope, of: Scalar): string {
  const { r } = s;
  switch (of) {
    case "bool":
      return r.chance(50) ? "true" : "false";
    case "i32":
      return r.chance(20) ? `i32(-${r.pick(INTS)})` : `${r.chance(50) ? r.below(16) : r.pick(INTS)}i`;
    case "u32":
      return r.chance(5) ? "0xffffffffu" : `${r.chance(50) ? r.below(16) : r.pick(INTS)}u`;
    default:
      return `${scalarName(of)}(${r.pick(FLOATS)})`;
  }
}
const scalarName = (of: Scalar) => of;

/** A type that values of an expression may have. */
export function randomType(s: Scope): Ty {
  const { r } = s;
  const of = randomScalar(s);
  if (r.chance(55)) return scalar(of);
  if (r.chance(80) || s.isConst) return vec(of, 2 + r.below(3));
  return mat(isFloat(of) ? of : "f32", 2 + r.below(3), 2 + r.below(3));
}
export function randomScalar(s: Scope): Scalar {
  const { r } = s;
  const all: readonly Scalar[] = s.half ? ["i32", "u32", "f32", "f16", "bool"] : ["i32", "u32", "f32", "bool"];
  return r.pick(all);
}

type Maker = (s: Scope, ty: Ty, depth: number) => Node | null;

export function expression(s: Scope, ty: Ty, depth: number): Node {
  if (depth <= 0) return leaf(s, ty);
  for (let tries = 0; tries < 4; tries++) {
    const made = s.r.pick(MAKERS)(s, ty, depth - 1);
    if (made) return made;
  }
  return leaf(s, ty);
}

/** A variable, a part of one, or a value made of literals. */
function leaf(s: Scope, ty: Ty): Node {
  if (s.r.chance(70)) {
    const read = readVariable(s, ty, 0);
    if (read) return read;
  }
  return value(s, ty);
}
function value(s: Scope, ty: Ty): Node {
  switch (ty.kind) {
    case "scalar":
      return expr(ty, scalarValue(s, ty.of));
    case "vec":
      if (s.r.chance(25)) return expr(ty, `${ty.name}(`, value(s, scalar(ty.of)), ")");
      return list(
        ty,
        Array.from({ length: ty.n }, () => value(s, scalar(ty.of))),
      );
    case "mat":
      return list(
        ty,
        Array.from({ length: ty.n }, () => value(s, vec(ty.of, ty.rows))),
      );
    default:
      return expr(ty, `${ty.name}()`);
  }
}
function list(ty: Ty, items: readonly Node[], name = ty.name): Node {
  const parts: (string | Node)[] = [`${name}(`];
  items.forEach((item, i) => {
    if (i > 0) parts.push(", ");
    parts.push(item);
  });
  parts.push(")");
  return expr(ty, ...parts);
}

/** An index below `n`, constant or not. */
export function index(s: Scope, n: number, depth: number): Node {
  const { r } = s;
  if (depth <= 0 || r.chance(40)) return expr(U32, `${r.below(n)}u`);
  const by = r.chance(50) && (n & (n - 1)) === 0 ? ` & ${n - 1}u)` : ` % ${n}u)`;
  // the reducer must not take the bound away
  return { kind: "item", ty: U32, parts: ["(", expression(s, U32, depth - 1), by] };
}
/** Ways from a variable to a part of type `ty`. @param writable for storing */
export function place(s: Scope, ty: Ty, depth: number, writable: boolean): Node | null {
  const { r } = s;
  const fitting = s.variables.filter((v) => (!writable || v.writable) && holds(v.ty, ty));
  if (fitting.length === 0) return null;
  const v = r.pick(fitting);
  const parts: (string | Node)[] = [v.name];
  let at = v.ty;
  for (let guard = 0; at !== ty && guard < 8; guard++) {
    if (at.kind === "struct") {
      const good = at.members.map((m, i) => [m, i] as const).filter(([m]) => holds(m, ty));
      const [member, i] = r.pick(good);
      parts.push(`.m${i}`);
      at = member;
      continue;
    }
    const element = elementOf(at);
    if (!element || !holds(element, ty) || at.kind === "scalar") return null;
    if (at.kind === "vec" && r.chance(50)) parts.push(`.${"xyzw"[r.below(at.n)]}`);
    else parts.push("[", index(s, at.n, depth), "]");
    at = element;
  }
  return at === ty ? expr(ty, ...parts) : null;
}
function holds(whole: Ty, part: Ty): boolean {
  if (whole === part) return true;
  if (whole.kind === "struct") return whole.members.some((m) => holds(m, part));
  const element = elementOf(whole);
  return element !== null && holds(element, part);
}
const readVariable = (s: Scope, ty: Ty, depth: number) => place(s, ty, depth, false);

// ---- operators
const binary =
  (operators: readonly string[]): Maker =>
  (s, ty, depth) =>
    expr(ty, "(", expression(s, ty, depth), ` ${s.r.pick(operators)} `, expression(s, ty, depth), ")");
const arithmetic: Maker = (s, ty, depth) => {
  if (ty.kind === "mat") return binary(["+", "-"])(s, ty, depth);
  if (ty.kind !== "scalar" && ty.kind !== "vec") return null;
  if (ty.of === "bool") return binary(ty.kind === "scalar" ? ["&&", "||", "&", "|", "==", "!="] : ["&", "|", "==", "!="])(s, ty, depth);
  if (isFloat(ty.of)) return binary(["+", "-", "*", "/", "+", "-", "*", "%"])(s, ty, depth);
  return binary(["+", "-", "*", "/", "%", "&", "|", "^"])(s, ty, depth);
};
const mixed: Maker = (s, ty, depth) => {
  if (ty.kind !== "vec" || ty.of === "bool") return null;
  const one = expression(s, scalar(ty.of), depth);
  const all = expression(s, ty, depth);
  return s.r.chance(50) ? expr(ty, "(", one, " * ", all, ")") : expr(ty, "(", all, ` ${s.r.pick(["+", "-", "*"])} `, one, ")");
};
const shift: Maker = (s, ty, depth) => {
  if ((ty.kind !== "scalar" && ty.kind !== "vec") || !isInt(ty.of)) return null;
  const by = expression(s, withScalar(ty, "u32"), depth);
  const amount = s.isConst ? expr(by.ty!, "(", by, " & ", splat(by.ty!, "7u"), ")") : by;
  return expr(ty, "(", expression(s, ty, depth), s.r.chance(50) ? " << " : " >> ", amount, ")");
};
const splat = (ty: Ty, text: string) => (ty.kind === "vec" ? `${ty.name}(${text})` : text);
const unary: Maker = (s, ty, depth) => {
  if (ty.kind !== "scalar" && ty.kind !== "vec") return null;
  if (ty.of === "u32") return expr(ty, "(~", expression(s, ty, depth), ")");
  return expr(ty, ty.of === "bool" ? "(!" : s.r.chance(30) && ty.of === "i32" ? "(~" : "(-", expression(s, ty, depth), ")");
};
const compare: Maker = (s, ty, depth) => {
  if ((ty.kind !== "scalar" && ty.kind !== "vec") || ty.of !== "bool") return null;
  const of = s.r.pick<Scalar>(s.half ? ["i32", "u32", "f32", "f16"] : ["i32", "u32", "f32"]);
  const operand = withScalar(ty, of);
  return expr(
    ty,
    "(",
    expression(s, operand, depth),
    ` ${s.r.pick(["<", "<=", ">", ">=", "==", "!="])} `,
    expression(s, operand, depth),
    ")",
  );
};
const convert: Maker = (s, ty, depth) => {
  if (ty.kind !== "scalar" && ty.kind !== "vec") return null;
  const from = randomScalar(s);
  return expr(ty, `${ty.name}(`, expression(s, withScalar(ty, from), depth), ")");
};
const bits: Maker = (s, ty, depth) => {
  if (ty.kind !== "scalar" && ty.kind !== "vec") return null;
  if (ty.of === "f32" || ty.of === "f16" || ty.of === "bool") return null;
  const other = withScalar(ty, ty.of === "i32" ? "u32" : "i32");
  return expr(ty, `bitcast<${ty.name}>(`, expression(s, other, depth), ")");
};
/** Bits of a float that is no NaN. */
const floatBits: Maker = (s, ty, depth) => {
  if (ty !== U32 || s.isConst) return null;
  return expr(ty, "bits_of(", expression(s, F32, depth), ")");
};
const choose: Maker = (s, ty, depth) => {
  if (ty.kind === "array" || ty.kind === "struct" || ty.kind === "mat") return null;
  const condition = ty.kind === "vec" && s.r.chance(50) ? vec("bool", ty.n) : BOOL;
  return expr(ty, "select(", expression(s, ty, depth), ", ", expression(s, ty, depth), ", ", expression(s, condition, depth), ")");
};
const swizzle: Maker = (s, ty, depth) => {
  if (ty.kind !== "scalar" && ty.kind !== "vec") return null;
  const n = 2 + s.r.below(3);
  const count = ty.kind === "vec" ? ty.n : 1;
  const letters = s.r.chance(50) ? "xyzw" : "rgba";
  const path = Array.from({ length: count }, () => letters[s.r.below(n)]!).join("");
  return expr(ty, expression(s, vec(ty.of, n), depth), `.${path}`);
};
const indexed: Maker = (s, ty, depth) => {
  if (ty.kind === "scalar") {
    const n = 2 + s.r.below(3);
    return expr(ty, expression(s, vec(ty.of, n), depth), "[", index(s, n, s.isConst ? 0 : depth), "]");
  }
  if (ty.kind !== "vec" || !isFloat(ty.of)) return null;
  const n = 2 + s.r.below(3);
  return expr(ty, expression(s, mat(ty.of, n, ty.n), depth), "[", index(s, n, s.isConst ? 0 : depth), "]");
};
const construct: Maker = (s, ty, depth) => {
  if (ty.kind === "vec") {
    if (ty.n > 2 && s.r.chance(40))
      return list(ty, [
        expression(s, vec(ty.of, 2), depth),
        ...Array.from({ length: ty.n - 2 }, () => expression(s, scalar(ty.of), depth)),
      ]);
    return list(
      ty,
      Array.from({ length: ty.n }, () => expression(s, scalar(ty.of), depth)),
    );
  }
  if (ty.kind === "mat")
    return list(
      ty,
      Array.from({ length: ty.n }, () => expression(s, vec(ty.of, ty.rows), depth)),
    );
  if (ty.kind === "array")
    return list(
      ty,
      Array.from({ length: ty.n }, () => expression(s, ty.element, depth - 1)),
    );
  return ty.kind === "struct"
    ? list(
        ty,
        ty.members.map((m) => expression(s, m, depth - 1)),
      )
    : null;
};

// ---- matrices
const product: Maker = (s, ty, depth) => {
  const { r } = s;
  const k = 2 + r.below(3);
  if (ty.kind === "mat") {
    if (r.chance(30)) return expr(ty, "(", expression(s, ty, depth), " * ", expression(s, scalar(ty.of), depth), ")");
    if (r.chance(30)) return expr(ty, "transpose(", expression(s, mat(ty.of, ty.rows, ty.n), depth), ")");
    return expr(ty, "(", expression(s, mat(ty.of, k, ty.rows), depth), " * ", expression(s, mat(ty.of, ty.n, k), depth), ")");
  }
  if (ty.kind === "vec" && isFloat(ty.of)) {
    if (r.chance(50)) return expr(ty, "(", expression(s, mat(ty.of, k, ty.n), depth), " * ", expression(s, vec(ty.of, k), depth), ")");
    return expr(ty, "(", expression(s, vec(ty.of, k), depth), " * ", expression(s, mat(ty.of, ty.n, k), depth), ")");
  }
  if (ty.kind === "scalar" && isFloat(ty.of)) return expr(ty, "determinant(", expression(s, mat(ty.of, k, k), depth), ")");
  return null;
};

// ---- builtin functions
const F1 =
  "abs acos acosh asin asinh atan atanh ceil cos cosh degrees exp exp2 floor fract inverseSqrt log log2 radians round saturate sign sin sinh sqrt tan tanh trunc".split(
    " ",
  );
const F2 = "atan2 max min pow step".split(" ");
const F3 = "clamp fma mix smoothstep".split(" ");
const I1 = "abs countLeadingZeros countOneBits countTrailingZeros firstLeadingBit firstTrailingBit reverseBits".split(" ");
const call = (s: Scope, ty: Ty, name: string, params: readonly Ty[], depth: number) =>
  list(
    ty,
    params.map((p) => expression(s, p, depth)),
    name,
  );
const builtin: Maker = (s, ty, depth) => {
  const { r } = s;
  if ((ty.kind !== "scalar" && ty.kind !== "vec") || ty.of === "bool") return null;
  const args = r.below(3);
  if (isFloat(ty.of)) {
    if (args === 0) return call(s, ty, r.pick(F1), [ty], depth);
    if (args === 1) return call(s, ty, r.pick(F2), [ty, ty], depth);
    const name = r.pick(F3);
    return s.isConst && (name === "clamp" || name === "smoothstep") ? null : call(s, ty, name, [ty, ty, ty], depth);
  }
  const name = args === 0 ? r.pick(I1) : args === 1 ? r.pick(["min", "max"]) : r.pick(["clamp", "extractBits", "insertBits"]);
  if (name === "extractBits" || name === "insertBits") {
    if (s.isConst) return null;
    const values = name === "insertBits" ? [ty, ty] : [ty];
    return call(s, ty, name, [...values, U32, U32], depth);
  }
  if (name === "clamp" && s.isConst) return null;
  return call(s, ty, name, new Array<Ty>(args + 1).fill(ty), depth);
};
const FLOAT_VEC = "cross distance dot faceForward length normalize reflect refract ldexp quantizeToF16".split(" ");
const geometric: Maker = (s, ty, depth) => {
  const { r } = s;
  if ((ty.kind !== "scalar" && ty.kind !== "vec") || !isFloat(ty.of)) return null;
  const v = vec(ty.of, 2 + r.below(3));
  switch (r.pick(FLOAT_VEC)) {
    case "cross":
      return ty.kind === "vec" && ty.n === 3 ? call(s, ty, "cross", [ty, ty], depth) : null;
    case "distance":
      return ty.kind === "scalar" ? call(s, ty, "distance", [v, v], depth) : null;
    case "dot":
      return ty.kind === "scalar" ? call(s, ty, "dot", [v, v], depth) : null;
    case "length":
      return ty.kind === "scalar" ? call(s, ty, "length", [v], depth) : null;
    case "faceForward":
      return ty.kind === "vec" ? call(s, ty, "faceForward", [ty, ty, ty], depth) : null;
    case "normalize":
      return ty.kind === "vec" ? call(s, ty, "normalize", [ty], depth) : null;
    case "reflect":
      return ty.kind === "vec" ? call(s, ty, "reflect", [ty, ty], depth) : null;
    case "refract":
      return ty.kind === "vec" && !s.isConst ? call(s, ty, "refract", [ty, ty, scalar(ty.of)], depth) : null;
    case "ldexp":
      return expr(
        ty,
        "ldexp(",
        expression(s, ty, depth),
        ", ",
        expression(s, withScalar(ty, "i32"), depth),
        " % ",
        splat(withScalar(ty, "i32"), "9i"),
        ")",
      );
    default:
      return ty.of === "f32" ? call(s, ty, "quantizeToF16", [ty], depth) : null;
  }
};
const packing: Maker = (s, ty, depth) => {
  const { r } = s;
  const [v2, v4] = [vec("f32", 2), vec("f32", 4)];
  if (ty === U32) {
    const [name, param] = r.pick([
      ["pack4x8snorm", v4],
      ["pack4x8unorm", v4],
      ["pack2x16snorm", v2],
      ["pack2x16unorm", v2],
      ["pack4xI8", vec("i32", 4)],
      ["pack4xU8", vec("u32", 4)],
      ["pack4xI8Clamp", vec("i32", 4)],
      ["pack4xU8Clamp", vec("u32", 4)],
    ] as const);
    if (r.chance(20)) return call(s, ty, "dot4U8Packed", [U32, U32], depth);
    // what a NaN is packed to is not said
    if (param === v4 || param === v2) return expr(ty, `${name}(clean${param === v4 ? 4 : 2}(`, expression(s, param, depth), "))");
    return call(s, ty, name, [param], depth);
  }
  if (ty === I32) return call(s, ty, "dot4I8Packed", [U32, U32], depth);
  if (ty === v4) return call(s, ty, r.pick(["unpack4x8snorm", "unpack4x8unorm"]), [U32], depth);
  if (ty === v2) return call(s, ty, r.pick(["unpack2x16snorm", "unpack2x16unorm", "unpack2x16float"]), [U32], depth);
  if (ty === vec("i32", 4)) return call(s, ty, "unpack4xI8", [U32], depth);
  return ty === vec("u32", 4) ? call(s, ty, "unpack4xU8", [U32], depth) : null;
};
const reduceBool: Maker = (s, ty, depth) =>
  ty === BOOL ? call(s, ty, s.r.pick(["any", "all"]), [vec("bool", 2 + s.r.below(3))], depth) : null;
const split: Maker = (s, ty, depth) => {
  if ((ty.kind !== "scalar" && ty.kind !== "vec") || s.isConst) return null;
  if (ty.of === "i32") return expr(ty, "frexp(", expression(s, withScalar(ty, "f32"), depth), ").exp");
  return isFloat(ty.of) ? expr(ty, "modf(", expression(s, ty, depth), `).${s.r.pick(["fract", "whole"])}`) : null;
};

// ---- functions and subgroups
const callUser: Maker = (s, ty, depth) => {
  const fitting = s.callees.filter((f) => f.result === ty);
  if (fitting.length === 0 || s.isConst) return null;
  const f = s.r.pick(fitting);
  const args: Node[] = [];
  const used = new Set<string>();
  for (const p of f.params) {
    if (!p.pointer) {
      args.push(expression(s, p.ty, depth));
      continue;
    }
    const v = s.variables.find((x) => x.writable && x.ty === p.ty && x.name.startsWith("v") && !used.has(x.name));
    if (!v) return null;
    used.add(v.name);
    args.push({ kind: "item", ty: null, parts: [`&${v.name}`] });
  }
  return list(ty, args, f.name);
};
const acrossLanes: Maker = (s, ty, depth) => {
  const { r } = s;
  if (!s.group || s.isConst || (ty.kind !== "scalar" && ty.kind !== "vec")) return null;
  if (ty === BOOL) return r.chance(30) ? expr(ty, "subgroupElect()") : call(s, ty, r.pick(["subgroupAny", "subgroupAll"]), [BOOL], depth);
  if (ty === vec("u32", 4) && r.chance(50)) return call(s, ty, "subgroupBallot", [BOOL], depth);
  if (ty.of === "bool") return null;
  const reductions =
    "subgroupAdd subgroupMul subgroupMin subgroupMax subgroupInclusiveAdd subgroupExclusiveAdd subgroupInclusiveMul subgroupExclusiveMul subgroupBroadcastFirst quadSwapX quadSwapY quadSwapDiagonal";
  if (r.chance(60)) return call(s, ty, r.pick(reductions.split(" ")), [ty], depth);
  if (isInt(ty.of) && r.chance(40)) return call(s, ty, r.pick(["subgroupAnd", "subgroupOr", "subgroupXor"]), [ty], depth);
  if (r.chance(30)) return expr(ty, `${r.pick(["subgroupBroadcast", "quadBroadcast"])}(`, expression(s, ty, depth), `, ${r.below(4)}u)`);
  const name = r.pick(["subgroupShuffle", "subgroupShuffleXor", "subgroupShuffleUp", "subgroupShuffleDown"]);
  return expr(ty, `${name}(`, expression(s, ty, depth), ", ", expression(s, U32, depth), " & 3u)");
};

const MAKERS: readonly Maker[] = [
  ...[arithmetic, arithmetic, arithmetic, mixed, shift, unary, compare, compare, convert, convert, bits, floatBits, choose, swizzle],
  ...[indexed, construct, product, builtin, builtin, builtin, geometric, packing, reduceBool, split, callUser, callUser, acrossLanes],
  (s, ty, depth) => readVariable(s, ty, depth),
  (s, ty, depth) => readVariable(s, ty, depth),
];

export { F16 };
