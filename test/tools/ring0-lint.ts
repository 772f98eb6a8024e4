/**
 * What ring 0 may not do, found by its types: `any`, regular expressions, recursion, properties by computed names, and anything of the host
 * that a caller could have replaced by then: globals, methods and accessors of built-ins, iterators, conversions of objects, elements that
 * do not exist yet (a setter on Array.prototype gets those). `sandbox/memory/captured.ts` is where built-ins are taken, once, at load.
 *
 * Load time is what stands outside of functions, callbacks handed over there, and functions that are called from there only.
 */
import { join } from "node:path";
import { type Node, type SourceFile, SyntaxKind } from "typescript/unstable/ast";
import {
  isArrayBindingPattern,
  isArrayLiteralExpression,
  isArrowFunction,
  isBinaryExpression,
  isBindingElement,
  isCallExpression,
  isClassDeclaration,
  isElementAccessExpression,
  isFunctionDeclaration,
  isIdentifier,
  isNewExpression,
  isNonNullExpression,
  isObjectBindingPattern,
  isParenthesizedExpression,
  isPostfixUnaryExpression,
  isPrefixUnaryExpression,
  isPropertyAccessExpression,
  isPropertyDeclaration,
  isTemplateExpression,
  isVariableDeclaration,
} from "typescript/unstable/ast/is";
import { API, type Project, SymbolFlags, type Type, TypeFlags, type Symbol as TypeSymbol } from "typescript/unstable/sync";

export type Fault = "any" | "regex" | "recursion" | "builtin" | "iterator" | "conversion" | "name" | "element" | "value call" | "async";

export interface Finding {
  readonly fault: Fault;
  /** file name as given, and the offending text */
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** A call through a value, by `file: text of what is called`. */
export interface ValueCalls {
  readonly [call: string]: { readonly reason: string /** files of ring 0 whose functions it may reach */; readonly to: readonly string[] };
}

export interface Lint {
  readonly root: string;
  /** from the root */
  readonly files: readonly string[];
  /** texts of files that do not exist, or stand in for those that do */
  readonly texts?: Readonly<Record<string, string>>;
  readonly valueCalls?: ValueCalls;
  /** exported functions that run at load, by `file: name`, and why */
  readonly atLoad?: Readonly<Record<string, string>>;
  /** the one file whose constants are built-ins taken at load */
  readonly captured: string;
}

const TYPED = new Set(
  ["Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32", "Float32", "Float64"].map((name) => `${name}Array`),
);
/** What ring 0 calls an array that inherits nothing. */
const BARE = "List";
const PRIMITIVE =
  TypeFlags.StringLike | TypeFlags.NumberLike | TypeFlags.BooleanLike | TypeFlags.BigIntLike | TypeFlags.Null | TypeFlags.Undefined;
/** Globals that nobody can replace. */
const FIXED_GLOBALS = new Set(["undefined", "NaN", "Infinity"]);
const ARITHMETIC = new Set<SyntaxKind>([
  SyntaxKind.PlusToken,
  SyntaxKind.MinusToken,
  SyntaxKind.AsteriskToken,
  SyntaxKind.SlashToken,
  SyntaxKind.PercentToken,
  SyntaxKind.LessThanToken,
  SyntaxKind.LessThanEqualsToken,
  SyntaxKind.GreaterThanToken,
  SyntaxKind.GreaterThanEqualsToken,
  SyntaxKind.EqualsEqualsToken,
  SyntaxKind.ExclamationEqualsToken,
  SyntaxKind.AmpersandToken,
  SyntaxKind.BarToken,
]);

/** @returns what is wrong, in order of files and lines */
export function lint(options: Lint): readonly Finding[] {
  const config = join(options.root, "ring0-lint", "tsconfig.json");
  const texts = new Map(Object.entries(options.texts ?? {}).map(([file, text]) => [join(options.root, file), text]));
  texts.set(config, JSON.stringify({ extends: "../tsconfig.json", include: [], files: options.files.map((file) => `../${file}`) }));
  const folders = [...texts.keys()].map((file) => file.slice(0, file.lastIndexOf("/")));
  const api = new API({
    cwd: options.root,
    fs: {
      readFile: (file) => texts.get(file),
      fileExists: (file) => (texts.has(file) ? true : undefined),
      directoryExists: (folder) => (folders.some((f) => f === folder || f.startsWith(`${folder}/`)) ? true : undefined),
    },
  });
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (project === undefined) throw new Error("ring 0 is no TypeScript project");
    return new Linter(project, options).run();
  } finally {
    api.close();
  }
}

class Linter {
  readonly #project: Project;
  readonly #options: Lint;
  readonly #sources = new Map<SourceFile, string>();
  readonly #paths = new Map<string, string>();
  readonly #findings: Finding[] = [];
  /** by function: what it may call */
  readonly #edges = new Map<Node, Set<Node>>();
  readonly #types = new Map<Node, Type | undefined>();
  readonly #symbols = new Map<Node, TypeSymbol | undefined>();
  readonly #nodes: Node[] = [];
  readonly #functions: Node[] = [];
  readonly #atLoad = new Set<Node>();

  constructor(project: Project, options: Lint) {
    this.#project = project;
    this.#options = options;
  }

  run(): readonly Finding[] {
    for (const file of this.#options.files) {
      const source = this.#project.program.getSourceFile(join(this.#options.root, file));
      if (source === undefined) throw new Error(`no file ${file}`);
      this.#sources.set(source, file);
      this.#paths.set(join(this.#options.root, file), file);
    }
    for (const source of this.#sources.keys()) this.#collect(source);
    this.#findLoadTime();
    for (const node of this.#nodes) this.#visit(node);
    this.#findCycles();
    const order = this.#options.files;
    return this.#findings.sort((a, b) => order.indexOf(a.file) - order.indexOf(b.file) || a.line - b.line);
  }

  /** All nodes that are no types, with the types and symbols of those that have some. */
  #collect(source: SourceFile): void {
    const nodes: Node[] = [];
    const walk = (node: Node): undefined => {
      if (isTypeOnly(node)) return;
      nodes.push(node);
      if (isFunctionLike(node)) this.#functions.push(node);
      node.forEachChild(walk);
    };
    source.forEachChild(walk);
    const expressions = nodes.filter((node) => isExpressionLike(node));
    const types = this.#typesAt(expressions);
    for (let i = 0; i < expressions.length; i++) this.#types.set(expressions[i]!, types[i]);
    const named = nodes.filter((node) => isIdentifier(node) || node.kind === SyntaxKind.PrivateIdentifier);
    const symbols = this.#project.checker.getSymbolAtLocation(named);
    for (let i = 0; i < named.length; i++) this.#symbols.set(named[i]!, this.#aliased(symbols[i]));
    this.#nodes.push(...nodes);
  }

  /** The compiler's interface (7.0.2) fails on tuples: a file that has one is asked node by node, and tuples have no type here. */
  #typesAt(nodes: readonly Node[]): readonly (Type | undefined)[] {
    const { checker } = this.#project;
    const attempt = <T>(ask: () => T): T | undefined => {
      try {
        return ask();
      } catch (error) {
        if (String(error).includes("not *checker.TupleType")) return undefined;
        throw error;
      }
    };
    return attempt(() => checker.getTypeAtLocation(nodes)) ?? nodes.map((node) => attempt(() => checker.getTypeAtLocation(node)));
  }

  #aliased(symbol: TypeSymbol | undefined): TypeSymbol | undefined {
    if (symbol === undefined || (symbol.flags & SymbolFlags.Alias) === 0) return symbol;
    return this.#project.checker.getAliasedSymbol(symbol);
  }

  #report(fault: Fault, node: Node): void {
    const source = node.getSourceFile();
    const line = source.text.slice(0, node.getStart(source)).split("\n").length;
    this.#findings.push({ fault, file: this.#sources.get(source)!, line, text: shorten(node.getText(source)) });
  }

  /** The function that a node runs in; fields of a class run in its constructor. */
  #owner(node: Node): Node | undefined {
    for (let at = node.parent; at !== undefined; at = at.parent) {
      if (isFunctionLike(at)) return at;
      if (isPropertyDeclaration(at)) return constructorOf(at.parent);
    }
    return undefined;
  }

  #isAtLoad(node: Node): boolean {
    const owner = this.#owner(node);
    return owner === undefined || this.#atLoad.has(owner);
  }

  #findLoadTime(): void {
    for (let grown = true; grown; ) {
      grown = false;
      for (const fn of this.#functions) {
        if (this.#atLoad.has(fn) || !(isFunctionDeclaration(fn) ? this.#isCalledAtLoadOnly(fn) : this.#isCallbackAtLoad(fn))) continue;
        this.#atLoad.add(fn);
        grown = true;
      }
    }
  }

  #isCallbackAtLoad(fn: Node): boolean {
    return (
      isCallExpression(fn.parent) && fn.parent.expression !== fn && this.#isAtLoad(fn) && this.#isOfHost(this.#declarationOf(fn.parent))
    );
  }

  #isCalledAtLoadOnly(fn: Node): boolean {
    const file = this.#sources.get(fn.getSourceFile())!;
    if (this.#options.atLoad?.[`${file}: ${nameOf(fn).getText()}`] !== undefined) return true;
    if (!isFunctionDeclaration(fn) || fn.name === undefined || fn.modifiers?.some((m) => m.kind === SyntaxKind.ExportKeyword)) return false;
    const symbol = this.#symbols.get(fn.name);
    const uses = this.#nodes.filter((node) => node !== fn.name && this.#symbols.get(node)?.id === symbol?.id);
    return uses.length > 0 && uses.every((use) => isCallExpression(use.parent) && use.parent.expression === use && this.#isAtLoad(use));
  }

  /** Declaration of what a call reaches. */
  #declarationOf(call: Node): Node | undefined {
    const handle = this.#project.checker.getResolvedSignature(call)?.declaration;
    return handle?.resolve(this.#project);
  }

  #isOfHost(declaration: Node | undefined): boolean {
    return declaration !== undefined && isHostPath(declaration.getSourceFile().fileName);
  }

  #isHostSymbol(symbol: TypeSymbol | undefined): boolean {
    if (symbol?.name === "globalThis") return true; // it is declared nowhere
    const all = symbol?.declarations ?? [];
    return all.length > 0 && all.every((d) => isHostPath(d.path));
  }

  #visit(node: Node): void {
    this.#visitTypes(node);
    const late = !this.#isAtLoad(node);
    if (late) this.#visitHost(node);
    if (late) this.#visitElements(node);
    if (isCallExpression(node) || isNewExpression(node)) this.#visitCall(node, late);
    if (isIdentifier(node) || node.kind === SyntaxKind.PrivateIdentifier) this.#noteReference(node);
    if (isFunctionLike(node) && isInside(node) && this.#owner(node) !== undefined) this.#edge(this.#owner(node), node);
  }

  #visitTypes(node: Node): void {
    const type = this.#types.get(node);
    if (type !== undefined && (type.flags & TypeFlags.Any) !== 0) this.#report("any", node);
    if (node.kind === SyntaxKind.RegularExpressionLiteral) this.#report("regex", node);
    if (isIdentifier(node) && node.text === "RegExp" && this.#isHostSymbol(this.#symbols.get(node))) this.#report("regex", node);
    if (node.kind === SyntaxKind.AsyncKeyword || node.kind === SyntaxKind.AwaitExpression || node.kind === SyntaxKind.YieldExpression) {
      this.#report("async", node.parent);
    }
  }

  /** What a caller may have replaced since load. */
  #visitHost(node: Node): void {
    if (node.kind === SyntaxKind.ForOfStatement || node.kind === SyntaxKind.SpreadElement || isArrayBindingPattern(node)) {
      this.#report("iterator", node);
    }
    if (isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.EqualsToken && isArrayLiteralExpression(node.left)) {
      this.#report("iterator", node);
    }
    if (isIdentifier(node) && isValue(node) && this.#isHostSymbol(this.#symbols.get(node)) && !FIXED_GLOBALS.has(node.text)) {
      if (!isPropertyAccessExpression(node.parent) || node.parent.name !== node) this.#report("builtin", node);
      else if (!this.#isOwnLength(node)) this.#report("builtin", node.parent);
    }
    if (isBindingElement(node) && isObjectBindingPattern(node.parent)) {
      const type = this.#typesAt([node.parent])[0];
      const name = (node.propertyName ?? node.name)?.getText() ?? "";
      if (type !== undefined && this.#isHostSymbol(this.#project.checker.getPropertyOfType(type, name))) this.#report("builtin", node);
    }
    if (isTemplateExpression(node) && node.templateSpans.some((span) => !this.#isAll(span.expression, PRIMITIVE)))
      this.#report("conversion", node);
    if (
      isBinaryExpression(node) &&
      ARITHMETIC.has(node.operatorToken.kind) &&
      !(this.#isAll(node.left, PRIMITIVE) && this.#isAll(node.right, PRIMITIVE))
    ) {
      this.#report("conversion", node);
    }
    if (
      isBinaryExpression(node) &&
      (node.operatorToken.kind === SyntaxKind.InstanceOfKeyword || node.operatorToken.kind === SyntaxKind.InKeyword)
    ) {
      if (node.left.kind !== SyntaxKind.PrivateIdentifier) this.#report("conversion", node);
    }
  }

  /** @returns whether all that a node may be is of these kinds */
  #isAll(node: Node, flags: number): boolean {
    const type = this.#types.get(node);
    const parts: readonly (Type | undefined)[] = type?.isUnionType() ? type.getTypes() : [type];
    return parts.every((part) => part !== undefined && (part.flags & flags) !== 0);
  }

  /** The length of an array is its own; that of a typed array is an accessor of its prototype. */
  #isOwnLength(name: Node): boolean {
    if (name.getText() !== "length" || !isPropertyAccessExpression(name.parent)) return false;
    return this.#isArray(this.#types.get(name.parent.expression));
  }

  #isArray(type: Type | undefined): boolean {
    const { checker } = this.#project;
    return type === undefined || checker.isArrayType(type) || checker.isTupleType(type); // undefined: a tuple, see #typesAt
  }

  #visitElements(node: Node): void {
    if (node.kind === SyntaxKind.ForInStatement) this.#report("name", node);
    if (node.kind === SyntaxKind.ComputedPropertyName) this.#report("name", node);
    if (!isElementAccessExpression(node)) return;
    const type = this.#types.get(node.expression);
    const name = type?.getSymbol()?.name ?? "";
    const isIndexed = TYPED.has(name) || name === BARE || this.#isArray(type);
    if (!isIndexed || !this.#isAll(node.argumentExpression, TypeFlags.NumberLike)) this.#report("name", node);
    else if (isWritten(node) && !TYPED.has(name) && name !== BARE) this.#report("element", node);
  }

  #visitCall(call: Node, late: boolean): void {
    if (!isCallExpression(call) && !isNewExpression(call)) return;
    const callee = call.expression;
    const owner = this.#owner(call);
    const declaration = this.#declarationOf(call);
    const file = this.#sources.get(call.getSourceFile())!;
    if (callee.kind === SyntaxKind.SuperKeyword) return;
    if (isIdentifier(callee) && this.#isCapture(this.#symbols.get(callee))) return;
    if (isNewExpression(call)) {
      const target = this.#symbols.get(callee)?.valueDeclaration?.resolve(this.#project);
      if (target !== undefined && isClassDeclaration(target) && this.#paths.has(target.getSourceFile().fileName)) {
        this.#edge(owner, constructorOf(target));
        return;
      }
    }
    if (declaration !== undefined && this.#paths.has(declaration.getSourceFile().fileName) && hasBody(declaration)) {
      this.#edge(owner, declaration);
      return;
    }
    if (!late) return;
    if (this.#isOfHost(declaration)) return; // its name is reported
    const excuse = this.#options.valueCalls?.[`${file}: ${bare(callee).getText()}`];
    if (excuse === undefined) this.#report("value call", call);
    else for (const fn of this.#functions) if (excuse.to.includes(this.#sources.get(fn.getSourceFile())!)) this.#edge(owner, fn);
  }

  /** A constant of the file of captures. */
  #isCapture(symbol: TypeSymbol | undefined): boolean {
    const declaration = symbol?.valueDeclaration?.resolve(this.#project);
    if (declaration === undefined || this.#paths.get(declaration.getSourceFile().fileName) !== this.#options.captured) return false;
    return isVariableDeclaration(declaration) || isBindingElement(declaration);
  }

  /** Functions and accessors that are named are taken as called: values of functions wander. */
  #noteReference(name: Node): void {
    const owner = this.#owner(name);
    if (owner === undefined) return;
    for (const handle of this.#symbols.get(name)?.declarations ?? []) {
      if (!this.#paths.has(handle.path)) continue;
      const declaration = handle.resolve(this.#project);
      if (declaration === undefined || declaration === name.parent) continue;
      const fn = isVariableDeclaration(declaration) ? declaration.initializer : declaration;
      if (fn === undefined || !isFunctionLike(fn) || !hasBody(fn)) continue;
      this.#edge(owner, fn);
    }
  }

  #edge(from: Node | undefined, to: Node): void {
    if (from === undefined) return;
    const all = this.#edges.get(from) ?? new Set();
    this.#edges.set(from, all.add(to));
  }

  /** Reports each function from which a way leads back to it. */
  #findCycles(): void {
    for (const [from, first] of this.#edges) {
      const seen = new Set<Node>();
      const left = [...first];
      for (let node = left.pop(); node !== undefined; node = left.pop()) {
        if (seen.has(node)) continue;
        seen.add(node);
        left.push(...(this.#edges.get(node) ?? []));
      }
      if (seen.has(from)) this.#report("recursion", nameOf(from));
    }
  }
}

const FUNCTIONS = new Set<SyntaxKind>([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
]);
const isFunctionLike = (node: Node) => FUNCTIONS.has(node.kind);
const isHostPath = (path: string) => path.includes("node_modules/") || path.startsWith("bundled:");
const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 77)}...` : text).replaceAll("\n", " ");
const hasBody = (node: Node) => "body" in node && node.body !== undefined;
const isInside = (fn: Node) => isArrowFunction(fn) || fn.kind === SyntaxKind.FunctionExpression;
const nameOf = (fn: Node): Node => ("name" in fn && fn.name !== undefined ? (fn.name as Node) : fn);

function constructorOf(cls: Node): Node {
  if (!isClassDeclaration(cls)) return cls;
  return cls.members.find((member) => member.kind === SyntaxKind.Constructor) ?? cls;
}

function bare(node: Node): Node {
  let at = node;
  while (isNonNullExpression(at) || isParenthesizedExpression(at)) at = at.expression;
  return at;
}

const TYPE_ONLY = new Set<SyntaxKind>([SyntaxKind.InterfaceDeclaration, SyntaxKind.TypeAliasDeclaration, SyntaxKind.ImportDeclaration]);
function isTypeOnly(node: Node): boolean {
  return TYPE_ONLY.has(node.kind) || (node.kind >= SyntaxKind.FirstTypeNode && node.kind <= SyntaxKind.LastTypeNode);
}

/** Whether a node has a value whose type is worth asking for. */
function isExpressionLike(node: Node): boolean {
  const { kind } = node;
  return (kind >= SyntaxKind.ArrayLiteralExpression && kind <= SyntaxKind.SatisfiesExpression) || isIdentifier(node) || isLiteral(kind);
}
const isLiteral = (kind: SyntaxKind) => kind >= SyntaxKind.FirstLiteralToken && kind <= SyntaxKind.NoSubstitutionTemplateLiteral;

/** Whether an identifier stands for a value, and names no property or declaration. */
function isValue(name: Node): boolean {
  const { parent } = name;
  if (isPropertyAccessExpression(parent)) return true;
  if ("name" in parent && parent.name === name && parent.kind !== SyntaxKind.ShorthandPropertyAssignment) return false;
  return !("propertyName" in parent && parent.propertyName === name) && parent.kind !== SyntaxKind.ExpressionWithTypeArguments;
}

const isAssignment = (kind: SyntaxKind) => kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment;
function isWritten(node: Node): boolean {
  let at = node;
  while (isNonNullExpression(at.parent) || isParenthesizedExpression(at.parent)) at = at.parent;
  const { parent } = at;
  if (isBinaryExpression(parent)) return parent.left === at && isAssignment(parent.operatorToken.kind);
  if (isPostfixUnaryExpression(parent)) return true;
  return (
    isPrefixUnaryExpression(parent) && (parent.operator === SyntaxKind.PlusPlusToken || parent.operator === SyntaxKind.MinusMinusToken)
  );
}
