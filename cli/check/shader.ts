/** One WGSL text: what the checker says, and then, if asked, what pipeline creation would. */
import { evalOverrides } from "../../frontend/wgsl/overrides.ts";
import { reflect } from "../../frontend/wgsl/reflect.ts";
import type { CheckedModule, FunctionId } from "../../frontend/wgsl/sema.ts";
import { DiagnosticList, type RawDiagnostic, type Span } from "../../support/diagnostic.ts";
import { Limit } from "../../support/failure.ts";
import { checkShader } from "../../webgpu/check-shader.ts";
import { overWorkgroupLimits } from "../../webgpu/workgroup-limits.ts";
import { overLimits } from "./limits.ts";
import type { Findings } from "./result.ts";
import { isPipeline, type Settings } from "./settings.ts";

const START: Span = { offset: 0, length: 0 };

/** Never throws. */
export function checkText(source: string, settings: Settings): Findings {
  const { extensions, languageFeatures, limits } = settings;
  const { diagnostics, checked, failure } = checkShader(source, extensions, languageFeatures);
  if (failure) diagnostics.error("W0001", START, failure.message);
  else if (checked?.ok && (limits || isPipeline(settings))) checkPipelines(checked, settings, diagnostics);
  return findings(diagnostics);
}

export function findings({ items, dropped, errorCount }: DiagnosticList): Findings {
  return { diagnostics: items, dropped, errors: errorCount, warnings: count(items, "warning") };
}

export const count = (items: readonly RawDiagnostic[], severity: RawDiagnostic["severity"]) =>
  items.reduce((n, d) => n + (d.severity === severity ? 1 : 0), 0);

function checkPipelines(checked: CheckedModule, settings: Settings, diagnostics: DiagnosticList): void {
  const { entryPoint } = settings;
  const entries = checked.functions.flatMap((fn, id) => {
    const isAsked = fn.stage !== undefined && (entryPoint === undefined || fn.name === entryPoint);
    return isAsked ? [id as FunctionId] : [];
  });
  if (entryPoint !== undefined && entries.length === 0) diagnostics.error("W0002", START, `there is no entry point named '${entryPoint}'`);
  try {
    for (const id of entries) checkPipeline(checked, id, settings, diagnostics);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    diagnostics.error("W0001", START, error instanceof Limit ? message : `internal error: ${message}`);
  }
}

function checkPipeline(checked: CheckedModule, id: FunctionId, settings: Settings, diagnostics: DiagnosticList): void {
  const fn = checked.functions[id]!;
  const { limits } = settings;
  const own = new DiagnosticList();
  const specialization = evalOverrides(checked, id, settings.overrides, own);
  // without a wish for a pipeline, overrides that lack a value are nobody's mistake
  if (isPipeline(settings)) for (const d of own.items) if (!isKnown(d, diagnostics.items)) diagnostics.add(d);
  if (!limits) return;
  const at = checked.ast.span(checked.ast.nameNode(fn.node));
  const say = (problem: string) => diagnostics.error("W0322", at, `in '${fn.name}', ${problem}`);
  const entry = reflect(checked).entryPoints.find((e) => e.name === fn.name)!;
  for (const problem of overLimits(entry, limits)) say(problem);
  const workgroup = fn.stage === "compute" && specialization ? overWorkgroupLimits(checked, id, specialization, limits) : null;
  if (workgroup !== null) say(workgroup);
}

/** Two entry points may reach one mistake. */
function isKnown(d: RawDiagnostic, items: readonly RawDiagnostic[]): boolean {
  return items.some((other) => other.code === d.code && other.span.offset === d.span.offset && other.message === d.message);
}
