/**
 * `portcullis/validate`: the checker by itself, for tools that do not compile: linters, editors, build steps. `portcullis/shader`
 * has these functions too. Both are total: they never throw, whatever they are given.
 */
import { type Reflection, reflect as reflectChecked } from "../frontend/wgsl/reflect.ts";
import { checkShader } from "./check-shader.ts";
import { atStart, type Diagnostic, notText, publicDiagnostics } from "./diagnostics.ts";

export type {
  BindingReflection,
  EntryPointReflection,
  IoReflection,
  OverrideReflection,
  Reflection,
  ResourceReflection,
  StructReflection,
  TypeLayout,
} from "../frontend/wgsl/reflect.ts";
export type { Diagnostic } from "./diagnostics.ts";

export interface ValidateOptions {
  /** enable-extensions and language features that there are, as WGSL names them; all if absent */
  readonly features?: Iterable<string>;
}

/** @param source WGSL text; anything else is reported as a diagnostic */
export function validate(source: unknown, options: ValidateOptions = {}): { diagnostics: Diagnostic[] } {
  if (typeof source !== "string") return { diagnostics: [notText()] };
  let features: ReadonlySet<string> | undefined;
  try {
    if (options?.features !== undefined) features = new Set(options.features);
  } catch {
    return { diagnostics: [atStart("W0002", "options.features must be a list of names")] };
  }
  return { diagnostics: publicDiagnostics(checkShader(source, features, features)) };
}

/** What a shader binds and offers, as versioned plain data; null when it has errors. */
export function reflect(source: unknown): Reflection | null {
  if (typeof source !== "string") return null;
  const { checked } = checkShader(source);
  return checked?.ok ? reflectChecked(checked) : null;
}
