/** What the checker's tests share: WGSL text in; diagnostics, types and values out. */
import { check } from "../../frontend/wgsl/check.ts";
import { parse } from "../../frontend/wgsl/parser.ts";
import type { CheckedModule } from "../../frontend/wgsl/sema.ts";
import type { TypeId } from "../../frontend/wgsl/types.ts";
import type { ValueId } from "../../frontend/wgsl/value.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { LineIndex } from "../../support/source.ts";

export interface Checked {
  readonly module: CheckedModule;
  /** `line:column code` per error, in order of source */
  readonly errors: readonly string[];
  readonly messages: readonly string[];
}

export function checkText(source: string): Checked {
  const diagnostics = new DiagnosticList();
  const module = check(parse(source, diagnostics), diagnostics);
  const lines = new LineIndex(source);
  const items = diagnostics.items.filter((d) => d.severity === "error").sort((a, b) => a.span.offset - b.span.offset);
  const errors = items.map((d) => {
    const { line, column } = lines.position(d.span.offset);
    return `${line}:${column} ${d.code}`;
  });
  return { module, errors, messages: items.map((d) => d.message) };
}

/** A module that must have no errors. */
export function valid(source: string): CheckedModule {
  const { module, errors, messages } = checkText(source);
  if (errors.length > 0) throw new Error(`${errors.map((e, i) => `${e}: ${messages[i]}`).join("\n")}\n${source}`);
  return module;
}

/** Errors of statements in a function body; columns count from the first of `source`, on line 1. */
export function bodyErrors(source: string, before = ""): readonly string[] {
  const head = `${before.replaceAll("\n", " ")} fn f() {\n`;
  return checkText(`${head}${source}\n}`).errors.map((error) => error.replace(/^\d+/, (line) => String(Number(line) - 1)));
}

const PRELUDE = "enable f16; enable subgroups;\n";

/** Type and value of a const-expression, as WGSL text; or the code and message of its error. */
export function constant(expression: string, before = ""): string {
  const { module, errors, messages } = checkText(`${PRELUDE}${before}\nconst tested = ${expression};`);
  if (errors.length > 0) return `${errors[0]!.split(" ")[1]}: ${messages[0]}`;
  const declaration = module.declarations.find((d) => d.name === "tested")!;
  return module.values.print(declaration.value);
}

/** Static type of an expression in a function where `before` is in scope, after concretization. */
export function typeOf(expression: string, before = ""): string {
  const { module, errors, messages } = checkText(`${PRELUDE}${before}\nfn f() { let tested = ${expression}; }`);
  if (errors.length > 0) return `${errors[0]!.split(" ")[1]}: ${messages[0]}`;
  return module.types.name(module.declarations.find((d) => d.name === "tested")!.type);
}

/** Type of a module-scope declaration. */
export function declaredType(module: CheckedModule, name: string): TypeId {
  return module.declarations.find((d) => d.name === name)!.type;
}
export function declaredValue(module: CheckedModule, name: string): ValueId {
  return module.declarations.find((d) => d.name === name)!.value;
}
