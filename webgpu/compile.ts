/**
 * The compiler as one function from text to object bytes: front end, passes, backend. Plain data in and out, so that it can stand in a
 * worker; its reply is data from an enemy for whoever asked, and the object goes through the verifier before it runs.
 */
import { compile as compileObject } from "../backend/index.ts";
import { evalOverrides } from "../frontend/wgsl/overrides.ts";
import type { CheckedModule, FunctionId, StageName } from "../frontend/wgsl/sema.ts";
import { toIr } from "../frontend/wgsl/to-ir.ts";
import type { Around } from "../frontend/wgsl/to-ir-stage.ts";
import type { Module } from "../ir/module.ts";
import { optimize } from "../ir/optimize.ts";
import { print } from "../ir/print.ts";
import type { ObjectParts } from "../sandbox/isa/object.ts";
import { Budget } from "../support/column.ts";
import type { DebugSite } from "../support/debug-log.ts";
import { DiagnosticList } from "../support/diagnostic.ts";
import { Ice } from "../support/failure.ts";
import { checkShader, type Failure, failureOf, type Shader } from "./check-shader.ts";
import type { ComputeLimits } from "./compiler.ts";
import { overWorkgroupLimits } from "./workgroup-limits.ts";

export { checkShader, type Failure, type Shader } from "./check-shader.ts";

export interface CompileRequest {
  readonly shader: Shader;
  /** name of the entry point; undefined: the only one of `stage` */
  readonly entryPoint?: string | undefined;
  readonly stage?: StageName | undefined;
  /** pipeline constants by @id or name */
  readonly constants?: Readonly<Record<string, number>> | undefined;
  /** limits that a compute entry point must keep: checked before it is compiled */
  readonly limits?: ComputeLimits | undefined;
  /** 0: the least, 2: everything (the default) */
  readonly level?: 0 | 1 | 2 | undefined;
  /** see `PassOptions`: 0 keeps every call that can stay one, for tests */
  readonly inlineBudget?: number | undefined;
  /** with code that says what it does: `sites` of the reply */
  readonly debug?: boolean | undefined;
  /** generated WGSL that a vertex or fragment entry point becomes part of, to run as a compute program: see `webgpu/draw/` */
  readonly around?: string | undefined;
  /** for typed columns; by default as much as a compilation may ever take */
  readonly budget?: Budget | undefined;
  /** called with the printed IR before and after the passes, and the IR itself, to be looked at only */
  readonly onIr?: ((when: "lowered" | "optimized", text: string, module: Module) => void) | undefined;
}

export type CompileReply =
  | {
      readonly status: "ok";
      readonly object: Uint8Array;
      readonly parts: ObjectParts;
      readonly entry: FunctionId;
      /** of an object compiled for debugging */
      readonly sites: readonly DebugSite[];
      readonly workgroupSize: readonly [number, number, number];
    }
  /** the request is wrong (no such entry point, a bad constant) or the shader is */
  | { readonly status: "invalid"; readonly message: string; readonly diagnostics: DiagnosticList }
  | { readonly status: "failed"; readonly failure: Failure };

/** Never throws. */
export function compileShader(request: CompileRequest): CompileReply {
  const { shader } = request;
  if (shader.failure) return { status: "failed", failure: shader.failure };
  const checked = shader.checked;
  if (!checked?.ok) return { status: "invalid", message: "the shader module has errors", diagnostics: shader.diagnostics };
  try {
    return compileEntry(request, checked);
  } catch (error) {
    return { status: "failed", failure: failureOf(error) };
  }
}

function compileEntry(request: CompileRequest, checked: CheckedModule): CompileReply {
  const diagnostics = new DiagnosticList();
  const entry = findEntry(checked, request.entryPoint, request.stage);
  if (typeof entry === "string") return { status: "invalid", message: entry, diagnostics };
  const specialization = evalOverrides(checked, entry, request.constants ?? {}, diagnostics);
  if (!specialization) {
    return { status: "invalid", message: diagnostics.items[0]?.message ?? "a pipeline constant is wrong", diagnostics };
  }
  const over = request.limits ? overWorkgroupLimits(checked, entry, specialization, request.limits) : null;
  if (over !== null) return { status: "invalid", message: over, diagnostics };
  const sites: DebugSite[] = [];
  const around = request.around === undefined ? undefined : checkAround(request.around);
  const module = toIr(checked, entry, specialization, request.budget ?? new Budget(), request.debug === true ? sites : undefined, around);
  const show = (when: "lowered" | "optimized", m: Module) => request.onIr?.(when, print(m), m);
  show("lowered", module);
  optimize(module, request.level ?? 2, { inlineBudget: request.inlineBudget });
  show("optimized", module);
  const position = (offset: number) => request.shader.lines.position(offset);
  const { object, parts } = compileObject(module, { debug: { source: "shader.wgsl", lineOf: position } });
  return { status: "ok", object, parts, entry, sites, workgroupSize: specialization.workgroupSize };
}

/** @throws Ice: what is generated has no errors */
function checkAround(source: string): Around {
  const { checked, diagnostics } = checkShader(source);
  if (!checked?.ok) throw new Ice(`the code generated around a stage has an error: ${diagnostics.items[0]?.message}`);
  const entry = findEntry(checked, undefined, "compute");
  if (typeof entry === "string") throw new Ice(`the code generated around a stage: ${entry}`);
  const specialization = evalOverrides(checked, entry, {}, diagnostics);
  if (specialization === undefined) throw new Ice("the code generated around a stage has overrides");
  return { checked, entry, specialization };
}

/**
 * The entry point a pipeline asks for, or why there is none.
 * @see https://www.w3.org/TR/webgpu/#abstract-opdef-get-the-entry-point
 */
export function findEntry(checked: CheckedModule, name: string | undefined, stage: StageName | undefined): FunctionId | string {
  const of = stage ? `${stage} ` : "";
  const candidates: FunctionId[] = [];
  checked.functions.forEach((fn, i) => {
    if (fn.stage !== undefined && (stage === undefined || fn.stage === stage) && (name === undefined || fn.name === name))
      candidates.push(i as FunctionId);
  });
  if (candidates.length === 1) return candidates[0]!;
  if (name !== undefined) return `there is no ${of}entry point named '${name}'`;
  if (candidates.length === 0) return `there is no ${of}entry point`;
  const names = candidates.map((i) => `'${checked.functions[i]!.name}'`).join(", ");
  return `there are ${candidates.length} ${of}entry points (${names}): name the one to use`;
}
