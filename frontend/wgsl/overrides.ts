/**
 * What pipeline creation decides for one entry point: values of overrides, workgroup size, counts of override-sized arrays; and the rules on
 * override-expressions, which are checked only then and only where the entry point reaches them.
 * @see https://www.w3.org/TR/WGSL/#override-expr
 */
import { WAVE_LANES } from "../../sandbox/isa/table.ts";
import type { DiagnosticList } from "../../support/diagnostic.ts";
import { NONE } from "../../support/id.ts";
import { Kind, type NodeId } from "./ast.ts";
import { MAX_ARRAY_COUNT, MAX_BYTE_SIZE } from "./layout.ts";
import { nodeRange } from "./node-range.ts";
import { OverrideEvaluator } from "./override-eval.ts";
import { convertScalar, F32_MAX } from "./scalar-ops.ts";
import { type CheckedModule, ExprKind, type FunctionId, type FunctionInfo, type Override, type OverrideId } from "./sema.ts";
import type { Specialization } from "./to-ir-context.ts";
import { BOOL, COUNT, F16, F32, I32, type TypeId, TypeKind } from "./types.ts";
import type { ValueId } from "./value.ts";

/**
 * @param module without errors
 * @param entry an entry point of it
 * @param constants by pipeline-overridable constant identifier string: the @id in decimal, else the name
 * @returns undefined after an error, which was reported
 */
export function evalOverrides(
  module: CheckedModule,
  entry: FunctionId,
  constants: Readonly<Record<string, number>>,
  diagnostics: DiagnosticList,
): Specialization | undefined {
  const before = diagnostics.errorCount;
  const given = givenValues(module, entry, constants, diagnostics);
  if (given === undefined) return undefined;
  const evaluator = new OverrideEvaluator(module, diagnostics);
  const fn = module.functions[entry]!;
  for (const id of fn.overrides) evaluator.define(id, given.get(id) ?? defaultValue(module, evaluator, id, diagnostics));
  if (diagnostics.errorCount > before) return undefined;
  const workgroupSize = evalWorkgroupSize(module, evaluator, fn, diagnostics);
  checkSubgroupSize(module, evaluator, fn, workgroupSize[0], diagnostics);
  const counts = evalCounts(module, evaluator, fn, diagnostics);
  checkExpressions(module, evaluator, entry);
  if (diagnostics.errorCount > before) return undefined;
  const overrides = new Map<OverrideId, ValueId>();
  for (const id of fn.overrides) overrides.set(id, evaluator.valueOfOverride(id));
  return { overrides, counts, workgroupSize };
}

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-gpuprogrammablestage */
function givenValues(
  module: CheckedModule,
  entry: FunctionId,
  constants: Readonly<Record<string, number>>,
  diagnostics: DiagnosticList,
): Map<OverrideId, ValueId> | undefined {
  const byKey = new Map(module.overrides.map((override, id) => [override.key, id as OverrideId]));
  const given = new Map<OverrideId, ValueId>();
  const before = diagnostics.errorCount;
  for (const [key, number] of Object.entries(constants)) {
    const id = byKey.get(key);
    if (id === undefined) {
      const at = module.ast.span(module.ast.nameNode(module.functions[entry]!.node));
      diagnostics.error("W0320", at, `the shader module has no override with the identifier '${key}'`);
      continue;
    }
    const override = module.overrides[id]!;
    const value = fromNumber(override.type, number);
    if (value !== undefined) given.set(id, module.values.scalar(override.type, value));
    else
      complain(
        module,
        diagnostics,
        override,
        `the value ${number} given for the override '${override.name}' is no '${module.types.name(override.type)}'`,
      );
  }
  return diagnostics.errorCount > before ? undefined : given;
}

function complain(module: CheckedModule, diagnostics: DiagnosticList, override: Override, message: string): void {
  diagnostics.error("W0320", module.ast.span(module.ast.nameNode(override.node)), message);
}

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-to-wgsl-type */
function fromNumber(type: TypeId, x: number): number | undefined {
  if (typeof x !== "number" || !Number.isFinite(x)) return undefined;
  if (type === BOOL) return x === 0 ? 0 : 1;
  if (type === F32 || type === F16) {
    if (Math.abs(x) > F32_MAX && !Number.isFinite(Math.fround(x))) return undefined;
    const value = convertScalar(F32, type, Math.fround(x));
    return typeof value === "number" ? value : undefined;
  }
  const whole = Math.trunc(x) + 0;
  const [low, high] = type === I32 ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1];
  return whole >= low && whole <= high ? whole : undefined;
}

function defaultValue(module: CheckedModule, evaluator: OverrideEvaluator, id: OverrideId, diagnostics: DiagnosticList): ValueId {
  const override = module.overrides[id]!;
  if (override.initializer !== NONE) return evaluator.valueOf(override.initializer);
  complain(module, diagnostics, override, `the override '${override.name}' has no default, so pipeline creation must give it a value`);
  return NONE;
}

function evalWorkgroupSize(
  module: CheckedModule,
  evaluator: OverrideEvaluator,
  fn: FunctionInfo,
  diagnostics: DiagnosticList,
): [number, number, number] {
  const sizes: [number, number, number] = [1, 1, 1];
  for (const [i, node] of fn.workgroupSize.entries()) {
    const value = node === NONE ? NONE : evaluator.valueOf(node);
    if (value === NONE) continue;
    sizes[i] = module.values.numberAt(value, 0);
    if (sizes[i]! <= 0) diagnostics.error("W0321", module.ast.span(node), `a workgroup size must be at least 1, but this is ${sizes[i]}`);
  }
  return sizes;
}

/** A subgroup is a wave: there is one size only. @see https://www.w3.org/TR/WGSL/#subgroup-size-attr */
function checkSubgroupSize(
  module: CheckedModule,
  evaluator: OverrideEvaluator,
  fn: FunctionInfo,
  width: number,
  diagnostics: DiagnosticList,
): void {
  const value = fn.subgroupSize === NONE ? NONE : evaluator.valueOf(fn.subgroupSize);
  if (value === NONE) return;
  const n = module.values.numberAt(value, 0);
  const at = module.ast.span(fn.subgroupSize);
  if (n !== WAVE_LANES) diagnostics.error("W0321", at, `a subgroup has ${WAVE_LANES} invocations, not ${n}`);
  else if (width % n !== 0)
    diagnostics.error("W0321", at, `the workgroup size in x, ${width}, must be a multiple of the subgroup size, which is ${n}`);
}

/** Counts of the override-sized arrays that the entry point reaches. */
function evalCounts(
  module: CheckedModule,
  evaluator: OverrideEvaluator,
  fn: FunctionInfo,
  diagnostics: DiagnosticList,
): Map<number, number> {
  const { types } = module;
  const counts = new Map<number, number>();
  for (const id of fn.globals) {
    const type = module.globals[id]!.storeType;
    const kind = types.kind(type);
    if ((kind !== TypeKind.array && kind !== TypeKind.buffer) || types.countKind(type) !== COUNT.override) continue;
    const key = types.overrideKey(type);
    const node = module.countExpressions[key]!;
    const value = evaluator.valueOf(node);
    if (value === NONE) continue;
    const n = module.values.numberAt(value, 0);
    const bytes = kind === TypeKind.array ? types.strideOf(type) * n : n;
    const fault = countFault(module, kind === TypeKind.buffer, n, bytes);
    if (fault !== undefined) diagnostics.error("W0321", module.ast.span(node), fault);
    else counts.set(key, n);
  }
  return counts;
}

function countFault(module: CheckedModule, isBuffer: boolean, n: number, bytes: number): string | undefined {
  if (n <= 0) return `a count must be greater than 0, but this is ${n}`;
  if (bytes > MAX_BYTE_SIZE) return `this variable would be ${bytes} bytes, more than ${MAX_BYTE_SIZE}`;
  if (!isBuffer) return n > MAX_ARRAY_COUNT ? `an array here may have at most ${MAX_ARRAY_COUNT} elements, but this has ${n}` : undefined;
  const unit = module.enables.has("f16") ? 2 : 4;
  return n % unit === 0 ? undefined : `a buffer size must be a multiple of ${unit}, but this is ${n}`;
}

/** Evaluates every override-expression that the entry point reaches, and checks calls and operators with operands known by now. */
function checkExpressions(module: CheckedModule, evaluator: OverrideEvaluator, entry: FunctionId): void {
  const seen = new Set<FunctionId>([entry]);
  // A Set iterates over what is added meanwhile.
  for (const id of seen) {
    const fn = module.functions[id]!;
    for (const callee of fn.callees) seen.add(callee);
    checkRange(module, evaluator, fn.node);
  }
  for (const id of module.functions[entry]!.globals) checkRange(module, evaluator, module.globals[id]!.node);
}

/** The nodes of one declaration, parents before children. */
function checkRange(module: CheckedModule, evaluator: OverrideEvaluator, declaration: NodeId): void {
  const [first, last] = nodeRange(module.ast, declaration);
  for (let node = last as number; node >= first; node--) {
    const kind = module.kindOf[node];
    if (kind === ExprKind.OVERRIDE) evaluator.visit(node as NodeId);
    else if (kind === ExprKind.RUNTIME && module.ast.kinds[node]! > Kind.RESULT) evaluator.checkRuntime(node as NodeId);
  }
}
