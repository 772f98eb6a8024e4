/**
 * State of one check: what is known about each node so far, and the few operations every part of the checker is made of.
 * The static type of something already reported is ERROR; every rule is silent about it, so that one mistake makes one error.
 */
import type { Budget } from "../../support/column.ts";
import { type DiagnosticList, type Fix, MAX_DIAGNOSTICS, type Note, type Span } from "../../support/diagnostic.ts";
import { NONE } from "../../support/id.ts";
import type { Ast, ListId, NodeId } from "./ast.ts";
import { OverloadResolver } from "./builtins-resolve.ts";
import type { Code } from "./codes.ts";
import { ConstEvaluator } from "./const-eval.ts";
import { concretize, isConvertible } from "./conversion.ts";
import { type Predeclared, predeclared } from "./predeclared.ts";
import {
  type Declaration,
  type DeclId,
  ExprKind,
  Form,
  type FunctionId,
  type FunctionInfo,
  type GlobalId,
  type GlobalVariable,
  type Override,
  type OverrideId,
} from "./sema.ts";
import { didYouMean } from "./suggest.ts";
import type { SymbolId } from "./symbols.ts";
import { ERROR, type TypeId, TypeTable } from "./types.ts";
import { type ValueId, ValueStore } from "./value.ts";

/** What the body of a function, or another module-scope declaration, mentions directly. */
export interface Uses {
  readonly globals: Set<GlobalId>;
  readonly overrides: Set<OverrideId>;
  readonly callees: Set<FunctionId>;
  /** things that only some stages may use, with the bits of those stages */
  readonly stageLimits: { readonly stages: number; readonly what: string; readonly span: Span }[];
}
export const newUses = (): Uses => ({ globals: new Set(), overrides: new Set(), callees: new Set(), stageLimits: [] });

/** Input/output attributes of a parameter, result or member. */
export interface IoAttributes {
  readonly builtin: string | undefined;
  readonly location: number;
  readonly blendSrc: number;
  readonly interpolation: "perspective" | "linear" | "flat" | undefined;
  readonly sampling: "center" | "centroid" | "sample" | "first" | "either" | undefined;
  readonly invariant: boolean;
}

export class CheckContext {
  readonly ast: Ast;
  readonly diagnostics: DiagnosticList;
  readonly types: TypeTable;
  readonly values: ValueStore;
  readonly evaluator: ConstEvaluator;
  readonly overloads: OverloadResolver;
  readonly declarationOf: Int32Array;

  readonly typeOf: Int32Array;
  readonly usedAs: Int32Array;
  readonly valueOf: Int32Array;
  readonly kindOf: Uint8Array;
  readonly formOf: Uint8Array;
  readonly targetOf: Int32Array;
  readonly behaviorOf: Uint8Array;

  readonly declarations: Declaration[] = [];
  readonly globals: GlobalVariable[] = [];
  readonly overrides: Override[] = [];
  readonly functions: FunctionInfo[] = [];
  readonly functionUses: Uses[] = [];
  /** by global, the overrides in its type and initialiser */
  readonly globalOverrides: OverrideId[][] = [];
  readonly countExpressions: NodeId[] = [];
  /** by override key of an array type, what its count expression mentions */
  readonly countUses: Uses[] = [];
  /** key of the array types sized by an override named directly, by its DeclId */
  readonly overrideKeys = new Map<number, number>();
  readonly enables = new Set<string>();
  /** whether an enable directive named what does not exist: names that are missing may be of it */
  hasUnknownExtension = false;
  readonly #missingExtensions = new Set<string>();
  readonly io = new Map<NodeId, IoAttributes>();
  /** MEMBER_DECL nodes of user-declared structures */
  readonly memberNodes = new Map<TypeId, readonly NodeId[]>();

  /** member names that were reported, by structure: a slip in a declaration shows at each use */
  readonly missingMembers = new Set<string>();

  /** false inside an operand that a short-circuit guards: types are checked, values are not computed */
  evaluating = true;
  /** what the declaration being checked mentions */
  uses: Uses = newUses();
  readonly #predeclared: (Predeclared | null | undefined)[] = [];

  constructor(ast: Ast, diagnostics: DiagnosticList, declarationOf: Int32Array, budget: Budget) {
    this.ast = ast;
    this.diagnostics = diagnostics;
    this.declarationOf = declarationOf;
    this.types = new TypeTable(budget);
    this.values = new ValueStore(this.types, budget);
    this.evaluator = new ConstEvaluator(this.types, this.values);
    this.overloads = new OverloadResolver(this.types);
    budget.charge(ast.length * (4 * 4 + 3));
    this.typeOf = new Int32Array(ast.length);
    this.usedAs = new Int32Array(ast.length);
    this.valueOf = new Int32Array(ast.length).fill(NONE);
    this.kindOf = new Uint8Array(ast.length);
    this.formOf = new Uint8Array(ast.length);
    this.targetOf = new Int32Array(ast.length).fill(NONE);
    this.behaviorOf = new Uint8Array(ast.length);
  }

  error(code: Code, at: NodeId | Span, message: string, notes: readonly Note[] = [], fix?: Fix): void {
    this.diagnostics.error(code, typeof at === "number" ? this.ast.span(at) : at, message, notes, fix);
  }
  /** Reports a name that is not among those that there are. */
  errorOfName(code: Code, at: NodeId | Span, message: string, name: string, names: Iterable<string>): void {
    const span = typeof at === "number" ? this.ast.span(at) : at;
    const isShown = this.diagnostics.items.length < MAX_DIAGNOSTICS;
    this.error(code, span, message, [], isShown ? didYouMean(span, name, names) : undefined);
  }
  /** Reports the use of an extension that is not enabled, once: one line is missing. Is silent where that line may be the misspelt one. */
  requireExtension(extension: string, at: NodeId, what: string): boolean {
    if (this.enables.has(extension)) return true;
    if (!this.hasUnknownExtension && !this.#missingExtensions.has(extension))
      this.error("W0212", at, `${what} needs 'enable ${extension};' at the start of the module`);
    this.#missingExtensions.add(extension);
    return false;
  }
  name(t: TypeId): string {
    return this.types.name(t);
  }
  text(symbol: SymbolId): string {
    return this.ast.symbols.text(symbol);
  }
  forEach(list: ListId, visit: (node: NodeId, index: number) => void): void {
    const n = this.ast.listLength(list);
    for (let i = 0; i < n; i++) visit(this.ast.listItem(list, i), i);
  }

  /** The predeclared object that an IDENT denotes, or undefined: then it is declared, or an error was reported. */
  predeclared(ident: NodeId): Predeclared | undefined {
    if (this.declarationOf[ident] !== NONE) return undefined;
    const symbol = this.ast.symbolOf(ident);
    let found = this.#predeclared[symbol];
    if (found === undefined) {
      found = predeclared(this.text(symbol)) ?? null;
      this.#predeclared[symbol] = found;
    }
    return found ?? undefined;
  }

  /** Records an expression whose type needs no conversion yet. */
  set(node: NodeId, type: TypeId, kind: number, value: ValueId = NONE, form: number = Form.PLAIN, target: number = NONE): TypeId {
    this.typeOf[node] = type;
    this.usedAs[node] = type;
    this.kindOf[node] = kind;
    this.valueOf[node] = value;
    this.formOf[node] = form;
    this.targetOf[node] = target;
    return type;
  }
  /** Records that the expression has an error that was reported. */
  fail(node: NodeId): TypeId {
    return this.set(node, ERROR, ExprKind.CONST);
  }

  kind(node: NodeId): number {
    return this.kindOf[node]!;
  }
  value(node: NodeId): ValueId {
    return this.valueOf[node] as ValueId;
  }
  /** Type after what context has applied so far. */
  used(node: NodeId): TypeId {
    return this.usedAs[node] as TypeId;
  }

  /**
   * Converts an expression that was read as a value to `to`, automatically.
   * @returns false if that is not allowed; the caller reports it. A value out of range is reported here.
   */
  convertTo(node: NodeId, to: TypeId): boolean {
    const from = this.used(node);
    if (from === to || from === ERROR || to === ERROR) return true;
    if (!isConvertible(this.types, from, to)) return false;
    this.usedAs[node] = to;
    const value = this.value(node);
    if (value === NONE) return true;
    const converted = this.evaluator.convert(value, to);
    this.valueOf[node] = this.evaluating ? this.evaluated(converted, node) : converted;
    return true;
  }
  /** Converts to the concrete type that an abstract one becomes by default. */
  concretize(node: NodeId): TypeId {
    const to = concretize(this.types, this.used(node));
    this.convertTo(node, to);
    return to;
  }
  /** Passes a computed value on, or reports why there is none. */
  evaluated(value: ValueId, at: NodeId): ValueId {
    if (value === NONE) this.error("W0275", at, this.evaluator.fault);
    return value;
  }

  declare(node: NodeId, declaration: Declaration): DeclId {
    const id = this.declarations.length as DeclId;
    this.declarations.push(declaration);
    this.targetOf[node] = id;
    return id;
  }
}
