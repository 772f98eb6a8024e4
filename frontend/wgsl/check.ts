/**
 * The semantic half of the WGSL front end: names, types, constants, and every rule of the language.
 * Linear in the size of the source; recursion is bounded by the parser's nesting limits.
 * @see https://www.w3.org/TR/WGSL/#type-checking-section
 */
import { Budget } from "../../support/column.ts";
import type { DiagnosticList } from "../../support/diagnostic.ts";
import { Limit } from "../../support/failure.ts";
import { Ast, Kind, type NodeId } from "./ast.ts";
import { Cascade } from "./cascade.ts";
import { checkAliases } from "./check-alias.ts";
import { readFilter } from "./check-attributes.ts";
import { CheckContext } from "./check-context.ts";
import { checkEntryPoints } from "./check-entry.ts";
import { functionDeclaration } from "./check-functions.ts";
import { constAssert } from "./check-stmt.ts";
import { aliasDeclaration, structDeclaration } from "./check-structs.ts";
import { constDeclaration, globalVariable, overrideDeclaration } from "./check-values.ts";
import { checkLanguageFeatures } from "./language-features.ts";
import { type Resolution, resolve } from "./resolve.ts";
import type { CheckedModule, DiagnosticFilter, FunctionId } from "./sema.ts";
import { checkUniformity } from "./uniformity.ts";

/** @see https://www.w3.org/TR/WGSL/#enable-extensions-sec */
export const ENABLE_EXTENSIONS: ReadonlySet<string> = new Set([
  "f16",
  "clip_distances",
  "dual_source_blending",
  "subgroups",
  "primitive_index",
  "subgroup_size_control",
]);
/** @see https://www.w3.org/TR/WGSL/#language-extensions-sec */
export const LANGUAGE_FEATURES: readonly string[] = [
  "readonly_and_readwrite_storage_textures",
  "packed_4x8_integer_dot_product",
  "unrestricted_pointer_parameters",
  "pointer_composite_access",
  "uniform_buffer_standard_layout",
  "subgroup_id",
  "subgroup_uniformity",
  "texture_and_sampler_let",
  "texture_formats_tier1",
  "linear_indexing",
  "immediate_address_space",
  "fragment_depth",
  "buffer_view",
];

export interface CheckOptions {
  /** bytes the check may hold; shared with the parser if given */
  readonly budget?: Budget;
  /** enable-extensions that may be used; all if absent */
  readonly features?: ReadonlySet<string>;
  /** language extensions that there are; all if absent */
  readonly languageFeatures?: ReadonlySet<string>;
}

/** Checks a module. Total: a module that does not fit the budget gets a diagnostic like any other error, and has empty columns. */
export function check(ast: Ast, diagnostics: DiagnosticList, options: CheckOptions = {}): CheckedModule {
  const budget = options.budget ?? new Budget();
  const nothing = () => new CheckContext(new Ast("", new Budget()), diagnostics, new Int32Array(0), new Budget());
  const cascade = new Cascade(diagnostics);
  let c: CheckContext | undefined;
  let resolution: Resolution | undefined;
  let filters: DiagnosticFilter[] = [];
  const isLossy = enablesUnknown(ast);
  try {
    resolution = resolve(ast, cascade.list, isLossy, budget);
    c = new CheckContext(ast, cascade.list, resolution.declarationOf, budget);
    c.hasUnknownExtension = isLossy;
    filters = directives(c, options);
    declarations(c, resolution);
    checkEntryPoints(c, budget);
    checkAliases(c, budget);
    if (options.languageFeatures) checkLanguageFeatures(c, options.languageFeatures);
    if (diagnostics.errorCount === 0) checkUniformity(c, filters, options.languageFeatures?.has("subgroup_uniformity") ?? true, budget);
  } catch (limit) {
    if (!(limit instanceof Limit)) throw limit;
    // the parser may have met the same limit
    if (!diagnostics.items.some((d) => d.code === "W0151")) diagnostics.error("W0151", ast.span(ast.root), limit.message);
  }
  cascade.finish(ast, resolution);
  // Passes find things in orders of their own; people read from the top.
  diagnostics.items.sort((a, b) => a.span.offset - b.span.offset);
  return finish(c ?? nothing(), diagnostics.errorCount === 0, ast, filters);
}

function directives(c: CheckContext, { features = ENABLE_EXTENSIONS, languageFeatures }: CheckOptions): DiagnosticFilter[] {
  const { ast } = c;
  const filters = new Map<string, DiagnosticFilter>();
  c.forEach(ast.directivesOf(ast.root), (node) => {
    switch (ast.kind(node)) {
      case Kind.ENABLE:
        c.forEach(ast.namesOf(node), (name) => enable(c, name, features));
        break;
      case Kind.REQUIRES:
        c.forEach(ast.namesOf(node), (name) => {
          const text = c.text(ast.symbolOf(name));
          if (!LANGUAGE_FEATURES.includes(text))
            c.errorOfName("W0251", name, `the language extension '${text}' is not supported`, text, LANGUAGE_FEATURES);
          else if (languageFeatures?.has(text) === false) c.error("W0251", name, `the language extension '${text}' is not available here`);
        });
        break;
      case Kind.DIAGNOSTIC:
        globalFilter(c, node, filters);
        break;
    }
  });
  return [...filters.values()];
}

/** Whether an enable directive names what does not exist. */
function enablesUnknown(ast: Ast): boolean {
  const directives = ast.directivesOf(ast.root);
  for (let i = 0; i < ast.listLength(directives); i++) {
    const node = ast.listItem(directives, i);
    if (ast.kind(node) !== Kind.ENABLE) continue;
    const names = ast.namesOf(node);
    for (let k = 0; k < ast.listLength(names); k++) {
      const name = ast.listItem(names, k);
      if (ast.kind(name) === Kind.NAME && !ENABLE_EXTENSIONS.has(ast.symbols.text(ast.symbolOf(name)))) return true;
    }
  }
  return false;
}

function enable(c: CheckContext, name: NodeId, features: ReadonlySet<string>): void {
  const text = c.text(c.ast.symbolOf(name));
  if (!ENABLE_EXTENSIONS.has(text)) c.errorOfName("W0251", name, `the extension '${text}' does not exist`, text, ENABLE_EXTENSIONS);
  else if (!features.has(text)) c.error("W0251", name, `the extension '${text}' is not available on this device`);
  c.enables.add(text);
  if (text === "subgroup_size_control") c.enables.add("subgroups");
}

function globalFilter(c: CheckContext, node: NodeId, filters: Map<string, DiagnosticFilter>): void {
  const { ast } = c;
  const filter = readFilter(c, node);
  if (filter === undefined) return;
  const first = filters.get(filter.rule);
  if (first === undefined) filters.set(filter.rule, filter);
  else if (first.severity !== filter.severity) {
    c.error("W0252", node, `'${filter.rule}' has two filters that contradict each other`, [
      { message: "the other is here", span: ast.span(first.node) },
    ]);
  }
}

function declarations(c: CheckContext, resolution: Resolution): void {
  const overrideIds = new Map<number, NodeId>();
  for (const node of resolution.order) {
    switch (c.ast.kind(node)) {
      case Kind.CONST:
        constDeclaration(c, node);
        break;
      case Kind.OVERRIDE:
        overrideDeclaration(c, node, overrideIds);
        break;
      case Kind.VAR:
        globalVariable(c, node);
        break;
      case Kind.ALIAS:
        aliasDeclaration(c, node);
        break;
      case Kind.STRUCT:
        structDeclaration(c, node);
        break;
      case Kind.FN:
        functionDeclaration(c, node);
        break;
      case Kind.CONST_ASSERT:
        constAssert(c, node);
        break;
    }
  }
}

function finish(c: CheckContext, ok: boolean, ast: Ast, diagnosticFilters: readonly DiagnosticFilter[]): CheckedModule {
  const functionByName = new Map<string, FunctionId>();
  for (const [id, fn] of c.functions.entries()) functionByName.set(fn.name, id as FunctionId);
  return {
    ast,
    ok,
    types: c.types,
    values: c.values,
    typeOf: c.typeOf,
    usedAs: c.usedAs,
    valueOf: c.valueOf,
    kindOf: c.kindOf,
    formOf: c.formOf,
    targetOf: c.targetOf,
    behaviorOf: c.behaviorOf,
    declarations: c.declarations,
    globals: c.globals,
    overrides: c.overrides,
    functions: c.functions,
    functionByName,
    countExpressions: c.countExpressions,
    enables: c.enables,
    diagnosticFilters,
  };
}
