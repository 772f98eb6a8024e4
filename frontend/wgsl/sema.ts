/**
 * What the checker says about a module, so that no later pass derives a rule of WGSL again. Made by `check` (check.ts); read by the
 * lowering to IR, reflection, pipeline creation and tools.
 *
 * How a lowering reads expressions. For each expression node of the AST, `typeOf[node]` is its static type and `usedAs[node]` the type it has
 * after the load rule and automatic conversion that its context applies:
 * - both equal: nothing happens;
 * - `typeOf` is a reference and `usedAs` is not: load;
 * - `typeOf` is a reference and so is `usedAs`: the expression is an address (left side of an assignment, operand of `&`, object of `.`/`[]`);
 * - `typeOf` is abstract: the node has a value. Whatever is abstract is a const-expression.
 * If `valueOf[node]` is not NONE, the expression is a constant, already converted to `usedAs`: emit it and look at no child. In a module
 * without errors every const-expression that is evaluated has a value; one guarded by a short-circuit has none and is never run.
 * Indexing and member access work on a reference, a pointer or a value alike: look at usedAs of the object.
 * @see https://www.w3.org/TR/WGSL/#type-checking-section
 */
import type { Id } from "../../support/id.ts";
import type { Ast, NodeId } from "./ast.ts";
import type { Access, Space, TypeId, TypeTable } from "./types.ts";
import type { ValueId, ValueStore } from "./value.ts";

export type DeclId = Id<"declaration">;
/** Index into `functions`. */
export type FunctionId = Id<"function">;
/** Index into `globals`. */
export type GlobalId = Id<"global">;
/** Index into `overrides`. */
export type OverrideId = Id<"override">;
/** Index into the builtin names: see builtinName in builtins-notation.ts. */
export type BuiltinId = Id<"builtin">;

/** When an expression's value is known. Ordered: the kind of a whole is the greatest of its parts'. */
export const ExprKind = { CONST: 0, OVERRIDE: 1, RUNTIME: 2 } as const;
export type ExprKind = (typeof ExprKind)[keyof typeof ExprKind];

/** What the node stands for and how to read `targetOf[node]`. */
export const Form = {
  /** literals, operators, indexing: the AST says it all */
  PLAIN: 0,
  /** IDENT naming a variable or value. target: DeclId */
  DECLARATION: 1,
  /** IDENT naming a type, whose TypeId is in `typeOf`: a callee, a template argument, a type specifier */
  TYPE: 2,
  /** IDENT as callee of a function, or an enumerant: no value of its own */
  NAME: 3,
  /** MEMBER of a structure. target: index of the member */
  MEMBER: 4,
  /** MEMBER of a vector, one or more letters. target: see swizzleLength and swizzleAt. One letter of a reference is a reference */
  SWIZZLE: 5,
  /** CALL of a user-defined function. target: FunctionId */
  CALL: 6,
  /** CALL of a builtin function. target: BuiltinId. Parameter types are usedAs of the arguments */
  BUILTIN: 7,
  /** CALL that makes the zero value of its type */
  ZERO: 8,
  /** CALL with one argument that converts it, component by component, to the type of the call; may be the identity */
  CONVERT: 9,
  /** CALL with one scalar argument, repeated in every component of a vector */
  SPLAT: 10,
  /** CALL whose arguments, vectors flattened, are in order the components of a vector or of a matrix by columns, the elements of an array or
   * the members of a structure */
  COMPOSE: 11,
  /** CALL of `bitcast<T>`: T is the type of the call */
  BITCAST: 12,
  /** CALL of `bufferView<T>` or `bufferArrayView<T>`; the type of the call is a pointer */
  BUFFER_VIEW: 13,
} as const;
export type Form = (typeof Form)[keyof typeof Form];

/** Packs swizzle letters, already as 0 to 3. */
export function packSwizzle(components: readonly number[]): number {
  let code = components.length;
  for (let i = 0; i < components.length; i++) code |= components[i]! << (3 + 2 * i);
  return code;
}
export const swizzleLength = (target: number): number => target & 7;
/** Component 0 to 3 of the vector that letter `i` names. */
export const swizzleAt = (target: number, i: number): number => (target >> (3 + 2 * i)) & 3;

/** Ways control leaves a statement, as bits. @see https://www.w3.org/TR/WGSL/#behaviors */
export const Behavior = { NEXT: 1, BREAK: 2, CONTINUE: 4, RETURN: 8 } as const;

export const DeclKind = { CONST: 0, OVERRIDE: 1, LET: 2, PARAM: 3, VAR: 4, GLOBAL: 5 } as const;
export type DeclKind = (typeof DeclKind)[keyof typeof DeclKind];

/** A named value or variable. */
export interface Declaration {
  readonly kind: DeclKind;
  readonly name: string;
  /** CONST, OVERRIDE, LET, PARAM or VAR node */
  readonly node: NodeId;
  /** type of the value; of variables the store type */
  readonly type: TypeId;
  /** of CONST: its value, NONE after an error. Of LET, if its initialiser is a const-expression: still runtime by the rules */
  readonly value: ValueId;
  /** OVERRIDE: OverrideId; GLOBAL: GlobalId; PARAM: position; VAR: running number within its function; others NONE */
  readonly index: number;
}

export interface GlobalVariable {
  readonly name: string;
  readonly node: NodeId;
  readonly decl: DeclId;
  readonly space: Space;
  readonly access: Access;
  readonly storeType: TypeId;
  /** NONE without @group and @binding */
  readonly group: number;
  readonly binding: number;
  /** private variables; NONE if zero-initialised. It is a const- or override-expression, usedAs the store type */
  readonly initializer: NodeId;
}

export interface Override {
  readonly name: string;
  readonly node: NodeId;
  readonly decl: DeclId;
  readonly type: TypeId;
  /** value of @id, or NONE */
  readonly id: number;
  /** how pipeline creation names it: the id in decimal, else the name */
  readonly key: string;
  readonly initializer: NodeId;
  /** other overrides its initialiser reads, directly or not */
  readonly overrides: readonly OverrideId[];
}

export const StageName = ["compute", "vertex", "fragment"] as const;
export type StageName = (typeof StageName)[number];

/** One input or output of an entry point, structures flattened. */
export interface StageIo {
  /** parameter it belongs to; NONE for outputs */
  readonly param: number;
  /** member of the structure that parameter or result is; NONE if it is not a structure */
  readonly member: number;
  readonly name: string;
  readonly type: TypeId;
  /** name of the builtin value, or undefined for user-defined io */
  readonly builtin: string | undefined;
  /** NONE for builtin values */
  readonly location: number;
  readonly blendSrc: number;
  readonly interpolation: "perspective" | "linear" | "flat";
  readonly sampling: "center" | "centroid" | "sample" | "first" | "either";
  readonly invariant: boolean;
}

export interface Param {
  readonly name: string;
  readonly node: NodeId;
  readonly decl: DeclId;
  readonly type: TypeId;
}

export interface FunctionInfo {
  readonly name: string;
  readonly node: NodeId;
  readonly params: readonly Param[];
  /** VOID without a return type */
  readonly returnType: TypeId;
  /** undefined if it is not an entry point */
  readonly stage: StageName | undefined;
  /** entry points only */
  readonly inputs: readonly StageIo[];
  readonly outputs: readonly StageIo[];
  /** the three expressions of @workgroup_size; NONE where it is left out */
  readonly workgroupSize: readonly [NodeId, NodeId, NodeId];
  /** the expression of @subgroup_size, or NONE */
  readonly subgroupSize: NodeId;
  readonly mustUse: boolean;
  /** number of function-scope variables: Declaration.index counts them */
  readonly varCount: number;
  /** called directly, without repetition */
  readonly callees: readonly FunctionId[];
  /** entry points: reached by it or by what it calls, ascending; others: used directly */
  readonly globals: readonly GlobalId[];
  readonly overrides: readonly OverrideId[];
}

/** A severity set for a triggering rule, by directive (`node` is the DIAGNOSTIC) or attribute (the ATTRIBUTE). */
export interface DiagnosticFilter {
  readonly rule: string;
  readonly severity: "error" | "warning" | "info" | "off";
  readonly node: NodeId;
}

export interface CheckedModule {
  readonly ast: Ast;
  /** false if any error was reported, by the parser or the checker: then only tools may go on with it */
  readonly ok: boolean;
  readonly types: TypeTable;
  readonly values: ValueStore;

  // Columns by NodeId. Nodes that are no expressions have typeOf and usedAs ERROR (0), valueOf and targetOf NONE, but:
  // targetOf of CONST, OVERRIDE, LET, PARAM and VAR nodes is their DeclId, of FN nodes their FunctionId;
  // typeOf of STRUCT and ALIAS nodes is the type they name.
  readonly typeOf: Int32Array;
  readonly usedAs: Int32Array;
  readonly valueOf: Int32Array;
  /** ExprKind */
  readonly kindOf: Uint8Array;
  /** Form */
  readonly formOf: Uint8Array;
  readonly targetOf: Int32Array;
  /** Behavior bits of statements, and of FN: of its body */
  readonly behaviorOf: Uint8Array;

  readonly declarations: readonly Declaration[];
  readonly globals: readonly GlobalVariable[];
  readonly overrides: readonly Override[];
  /** callees before callers */
  readonly functions: readonly FunctionInfo[];
  readonly functionByName: ReadonlyMap<string, FunctionId>;
  /** expression of each override-counted array or buffer type, by TypeTable.overrideKey */
  readonly countExpressions: readonly NodeId[];
  readonly enables: ReadonlySet<string>;
  /** global filters; those on statements are attributes of the AST */
  readonly diagnosticFilters: readonly DiagnosticFilter[];
}
