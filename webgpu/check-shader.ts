/** The front end as one function from text to a checked module: all that tools need which do not compile. */
import { check } from "../frontend/wgsl/check.ts";
import { parse } from "../frontend/wgsl/parser.ts";
import type { CheckedModule } from "../frontend/wgsl/sema.ts";
import { Budget } from "../support/column.ts";
import { DiagnosticList } from "../support/diagnostic.ts";
import { Ice, Limit, Unsupported } from "../support/failure.ts";
import { LineIndex } from "../support/source.ts";

/** A source and what the checker says of it: made once per shader module, used by each pipeline. */
export interface Shader {
  readonly source: string;
  readonly lines: LineIndex;
  readonly diagnostics: DiagnosticList;
  /** null only if the front end itself failed (`failure`) */
  readonly checked: CheckedModule | null;
  readonly failure: Failure | null;
}

/** What stopped the compiler. `limit`: legal but too large; `unsupported`: not runnable yet; `ice`: our bug. */
export interface Failure {
  readonly kind: "limit" | "unsupported" | "ice";
  readonly message: string;
}

/**
 * Never throws.
 * @param extensions those that the source may enable; all if absent
 * @param languageFeatures those that there are; all if absent
 * @param budget for typed columns
 */
export function checkShader(
  source: string,
  extensions?: ReadonlySet<string>,
  languageFeatures?: ReadonlySet<string>,
  budget = new Budget(),
): Shader {
  const diagnostics = new DiagnosticList();
  const lines = new LineIndex(source);
  try {
    const checked = check(parse(source, diagnostics, budget), diagnostics, {
      budget,
      ...(extensions ? { features: extensions } : {}),
      ...(languageFeatures ? { languageFeatures } : {}),
    });
    return { source, lines, diagnostics, checked, failure: null };
  } catch (error) {
    return { source, lines, diagnostics, checked: null, failure: failureOf(error) };
  }
}

/** What an exception of the compiler stands for. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Unsupported) return { kind: "unsupported", message: error.message };
  if (error instanceof Limit) return { kind: "limit", message: error.message };
  if (error instanceof Ice) return { kind: "ice", message: error.message };
  return { kind: "ice", message: `internal error: ${error instanceof Error ? error.message : String(error)}` };
}
