/**
 * Maps every identifier to the declaration it denotes, and puts module-scope declarations in an order in which each comes after what it
 * uses. One walk with a stack of scopes; looking a name up is one array access. Statement and expression nesting is bounded by the parser,
 * which bounds the recursion here; the order of declarations, which may form long chains, is found without recursion.
 * @see https://www.w3.org/TR/WGSL/#declaration-and-scope
 */
import type { Budget } from "../../support/column.ts";
import { type DiagnosticList, MAX_DIAGNOSTICS, type Span } from "../../support/diagnostic.ts";
import { NONE } from "../../support/id.ts";
import { type Ast, Kind, type ListId, type NodeId } from "./ast.ts";
import { declarationOrder } from "./declaration-order.ts";
import { PREDECLARED_NAMES, predeclared } from "./predeclared.ts";
import { declarationMeant } from "./suggest.ts";
import type { SymbolId } from "./symbols.ts";

export interface Resolution {
  /** per IDENT the declaring node (CONST, OVERRIDE, LET, VAR, PARAM, FN, STRUCT, ALIAS), or NONE: predeclared, or an error was reported */
  readonly declarationOf: Int32Array;
  /** module-scope declarations, used before users, each once; const assertions last */
  readonly order: readonly NodeId[];
  /** module-scope declarations as they stand in the source, and by index in it the indices of what each uses */
  readonly declarations: readonly NodeId[];
  readonly uses: readonly (readonly number[])[];
}

/** What a loop must know to check that `continue` bypasses no declaration its continuing block uses. */
interface LoopScope {
  /** offset of the first `continue` that targets the loop, or Infinity */
  firstContinue: number;
  readonly bodyStart: number;
  /** offset of the continuing block while it is being walked, else Infinity */
  continuingStart: number;
}
const newLoop = (bodyStart: number): LoopScope => ({
  firstContinue: Number.POSITIVE_INFINITY,
  bodyStart,
  continuingStart: Number.POSITIVE_INFINITY,
});

/** @param isLossy whether names may be of an extension that is not known: none is reported as missing */
export function resolve(ast: Ast, diagnostics: DiagnosticList, isLossy: boolean, budget: Budget): Resolution {
  budget.charge(8 * ast.length + 4 * ast.symbols.length);
  return new Resolver(ast, diagnostics, isLossy).run();
}

class Resolver {
  readonly #ast: Ast;
  readonly #diagnostics: DiagnosticList;
  readonly #isLossy: boolean;
  readonly #declarationOf: Int32Array;
  /** by symbol, the innermost declaration in scope, or NONE */
  readonly #current: Int32Array;
  /** symbols and what they denoted before, to undo at the end of a scope */
  readonly #undo: number[] = [];
  /** number of the innermost scope; module scope is 0 */
  #scope = 0;
  #scopeCount = 0;
  /** by declaration node, the number of its scope */
  readonly #scopeOf: Int32Array;
  readonly #loops: LoopScope[] = [];
  /** module declarations: NodeId to index, and per index the indices of what it uses */
  readonly #moduleIndex = new Map<number, number>();
  readonly #uses: number[][] = [];
  #using = NONE as number;
  /** by module index, the last declaration that was found to use it */
  #usedBy: Int32Array = new Int32Array(0);
  /** reported: a slip in a declaration shows at each use */
  readonly #undeclaredNames = new Set<SymbolId>();

  constructor(ast: Ast, diagnostics: DiagnosticList, isLossy: boolean) {
    this.#ast = ast;
    this.#isLossy = isLossy;
    this.#diagnostics = diagnostics;
    this.#declarationOf = new Int32Array(ast.length).fill(NONE);
    this.#current = new Int32Array(ast.symbols.length).fill(NONE);
    this.#scopeOf = new Int32Array(ast.length).fill(NONE);
  }

  run(): Resolution {
    const ast = this.#ast;
    const declarations: NodeId[] = [];
    this.#forEach(ast.declarationsOf(ast.root), (node) => {
      if (ast.kind(node) !== Kind.ERROR) declarations.push(node);
    });
    for (const node of declarations) {
      if (ast.kind(node) !== Kind.CONST_ASSERT) this.#declare(node);
      this.#moduleIndex.set(node, this.#uses.length);
      this.#uses.push([]);
    }
    this.#usedBy = new Int32Array(declarations.length).fill(NONE);
    this.#undo.length = 0;
    for (const [i, node] of declarations.entries()) {
      this.#using = i;
      this.#moduleDeclaration(node);
    }
    return {
      declarationOf: this.#declarationOf,
      order: declarationOrder(ast, declarations, this.#uses, this.#diagnostics),
      declarations,
      uses: this.#uses,
    };
  }

  // Scopes.

  /** @returns the enclosing scope and where its undo list ends, for closeScope */
  #openScope(): readonly [number, number] {
    const outer = [this.#scope, this.#undo.length] as const;
    this.#scope = ++this.#scopeCount;
    return outer;
  }
  #closeScope([scope, undoLength]: readonly [number, number]): void {
    while (this.#undo.length > undoLength) {
      const before = this.#undo.pop()!;
      this.#current[this.#undo.pop()!] = before;
    }
    this.#scope = scope;
  }

  #declare(node: NodeId): void {
    const ast = this.#ast;
    if (ast.kind(ast.nameNode(node)) !== Kind.NAME) return;
    const symbol = ast.nameSymbol(node);
    const before = this.#current[symbol]! as NodeId;
    if (before !== NONE && this.#scopeOf[before] === this.#scope) return this.#redeclared(node, before);
    this.#undo.push(symbol, before);
    this.#scopeOf[node] = this.#scope;
    this.#current[symbol] = node;
  }
  #redeclared(node: NodeId, first: NodeId): void {
    const ast = this.#ast;
    const name = ast.symbols.text(ast.nameSymbol(node));
    this.#diagnostics.error("W0201", ast.span(ast.nameNode(node)), `'${name}' is declared twice in this scope`, [
      { message: `'${name}' was declared here before`, span: ast.span(ast.nameNode(first)) },
    ]);
  }

  // Declarations at module scope.

  #moduleDeclaration(node: NodeId): void {
    const ast = this.#ast;
    this.#attributes(node);
    switch (ast.kind(node)) {
      case Kind.VAR:
      case Kind.CONST:
      case Kind.OVERRIDE:
        this.#valueDeclaration(node);
        break;
      case Kind.ALIAS:
        this.#expression(ast.typeOf(node));
        break;
      case Kind.STRUCT:
        this.#forEach(ast.membersOf(node), (member) => {
          this.#attributes(member);
          this.#expression(ast.typeOf(member));
        });
        break;
      case Kind.CONST_ASSERT:
        this.#expression(ast.conditionOf(node));
        break;
      case Kind.FN:
        this.#function(node);
        break;
    }
  }

  #valueDeclaration(node: NodeId): void {
    const ast = this.#ast;
    if (ast.kind(node) === Kind.VAR) this.#expressions(ast.templateArgumentsOf(node));
    this.#expression(ast.typeOf(node));
    this.#expression(ast.initializerOf(node));
  }

  #function(node: NodeId): void {
    const ast = this.#ast;
    const params = ast.parametersOf(node);
    this.#forEach(params, (param) => {
      this.#attributes(param);
      this.#expression(ast.typeOf(param));
    });
    const result = ast.resultOf(node);
    if (result !== NONE) {
      this.#attributes(result);
      this.#expression(ast.typeOf(result));
    }
    const outer = this.#openScope();
    this.#forEach(params, (param) => this.#declare(param));
    if (ast.kind(ast.bodyOf(node)) === Kind.BLOCK) this.#statements(ast.bodyOf(node));
    this.#closeScope(outer);
  }

  #attributes(node: NodeId): void {
    const ast = this.#ast;
    this.#forEach(ast.attributesOf(node), (attribute) => {
      if (ast.kind(attribute) === Kind.ATTRIBUTE) this.#expressions(ast.argumentsOf(attribute));
    });
  }

  // Statements.

  /** The statements of a block, without a scope of their own. */
  #statements(block: NodeId): void {
    this.#attributes(block);
    this.#forEach(this.#ast.statementsOf(block), (statement) => this.#statement(statement));
  }
  #block(block: NodeId): void {
    if (this.#ast.kind(block) !== Kind.BLOCK) return;
    const outer = this.#openScope();
    this.#statements(block);
    this.#closeScope(outer);
  }

  #statement(node: NodeId): void {
    const ast = this.#ast;
    switch (ast.kind(node)) {
      case Kind.VAR:
      case Kind.LET:
      case Kind.CONST:
        this.#attributes(node);
        this.#valueDeclaration(node);
        return this.#declare(node);
      case Kind.BLOCK:
        return this.#block(node);
      case Kind.IF:
        return this.#if(node);
      case Kind.SWITCH:
        return this.#switch(node);
      case Kind.LOOP:
        return this.#loop(node);
      case Kind.WHILE:
        this.#attributes(node);
        this.#expression(ast.conditionOf(node));
        this.#loops.push(newLoop(0));
        this.#block(ast.bodyOf(node));
        this.#loops.pop();
        return;
      case Kind.FOR:
        return this.#for(node);
      case Kind.CONTINUE: {
        const loop = this.#loops[this.#loops.length - 1];
        if (loop !== undefined && loop.continuingStart === Number.POSITIVE_INFINITY)
          loop.firstContinue = Math.min(loop.firstContinue, ast.start(node));
        return;
      }
      case Kind.RETURN:
        return this.#expression(ast.returnValueOf(node));
      case Kind.CONST_ASSERT:
        return this.#expression(ast.conditionOf(node));
      case Kind.ASSIGN:
      case Kind.COMPOUND_ASSIGN:
        this.#expression(ast.leftOf(node));
        return this.#expression(ast.rightOf(node));
      case Kind.PHONY_ASSIGN:
        return this.#expression(ast.rightOf(node));
      case Kind.INCREMENT:
      case Kind.DECREMENT:
        return this.#expression(ast.leftOf(node));
      case Kind.CALL_STATEMENT:
        return this.#expression(ast.callOf(node));
    }
  }

  #if(node: NodeId): void {
    const ast = this.#ast;
    this.#attributes(node);
    this.#expression(ast.conditionOf(node));
    this.#block(ast.bodyOf(node));
    const otherwise = ast.elseOf(node);
    if (otherwise !== NONE) this.#statement(otherwise);
  }

  #switch(node: NodeId): void {
    const ast = this.#ast;
    this.#attributes(node);
    this.#expression(ast.conditionOf(node));
    const body = ast.bodyOf(node);
    if (ast.kind(body) !== Kind.SWITCH_BODY) return;
    this.#attributes(body);
    this.#forEach(ast.casesOf(body), (clause) => {
      if (ast.kind(clause) !== Kind.CASE) return;
      this.#expressions(ast.selectorsOf(clause));
      this.#block(ast.bodyOf(clause));
    });
  }

  #loop(node: NodeId): void {
    const ast = this.#ast;
    this.#attributes(node);
    const body = ast.bodyOf(node);
    if (ast.kind(body) !== Kind.BLOCK) return;
    const loop = newLoop(ast.start(body));
    this.#loops.push(loop);
    const outer = this.#openScope();
    this.#statements(body);
    const continuing = ast.continuingOf(node);
    if (continuing !== NONE && ast.kind(continuing) === Kind.CONTINUING) {
      loop.continuingStart = ast.start(continuing);
      const inner = this.#openScope();
      if (ast.kind(ast.bodyOf(continuing)) === Kind.BLOCK) this.#statements(ast.bodyOf(continuing));
      const breakIf = ast.breakIfOf(continuing);
      if (breakIf !== NONE && ast.kind(breakIf) === Kind.BREAK_IF) this.#expression(ast.conditionOf(breakIf));
      this.#closeScope(inner);
    }
    this.#closeScope(outer);
    this.#loops.pop();
  }

  /** A declaration in the body has the same end of scope as one in the head, so they share a scope; but the head sees only its own. */
  #for(node: NodeId): void {
    const ast = this.#ast;
    this.#attributes(node);
    const outer = this.#openScope();
    if (ast.forInitOf(node) !== NONE) this.#statement(ast.forInitOf(node));
    this.#expression(ast.conditionOf(node));
    if (ast.forUpdateOf(node) !== NONE) this.#statement(ast.forUpdateOf(node));
    this.#loops.push(newLoop(0));
    this.#block(ast.bodyOf(node));
    this.#loops.pop();
    this.#closeScope(outer);
  }

  // Expressions.

  #expressions(list: ListId): void {
    this.#forEach(list, (node) => this.#expression(node));
  }

  #expression(node: NodeId): void {
    if (node === NONE) return;
    const ast = this.#ast;
    switch (ast.kind(node)) {
      case Kind.IDENT:
        this.#identifier(node);
        return this.#expressions(ast.templateArgumentsOf(node));
      case Kind.CALL:
        this.#expression(ast.calleeOf(node));
        return this.#expressions(ast.argumentsOf(node));
      case Kind.INDEX:
        this.#expression(ast.objectOf(node));
        return this.#expression(ast.indexOf(node));
      case Kind.MEMBER:
        return this.#expression(ast.objectOf(node));
      case Kind.BINARY:
        this.#expression(ast.leftOf(node));
        return this.#expression(ast.rightOf(node));
      case Kind.UNARY:
        return this.#expression(ast.operandOf(node));
    }
  }

  #identifier(node: NodeId): void {
    const ast = this.#ast;
    const symbol = ast.symbolOf(node);
    const declaration = this.#current[symbol]! as NodeId;
    if (declaration === NONE) {
      const name = ast.symbols.text(symbol);
      if (predeclared(name) === undefined) {
        if (!this.#isLossy && !this.#undeclaredNames.has(symbol)) this.#undeclared({ offset: ast.start(node), length: name.length }, name);
        this.#undeclaredNames.add(symbol);
      }
      return;
    }
    this.#declarationOf[node] = declaration;
    const used = this.#moduleIndex.get(declaration);
    if (used === undefined) return this.#checkBypass(node, declaration);
    if (this.#usedBy[used] === this.#using) return;
    this.#usedBy[used] = this.#using;
    this.#uses[this.#using]!.push(used);
  }

  #undeclared(span: Span, name: string): void {
    const isShown = this.#diagnostics.items.length < MAX_DIAGNOSTICS;
    const fix = isShown ? declarationMeant(span, name, this.#namesInScope()) : undefined;
    this.#diagnostics.error("W0200", span, `'${name}' is not declared`, [], fix);
  }
  *#namesInScope(): Generator<string> {
    for (let symbol = 0; symbol < this.#current.length; symbol++) {
      if (this.#current[symbol] !== NONE) yield this.#ast.symbols.text(symbol as SymbolId);
    }
    yield* PREDECLARED_NAMES;
  }

  /** `continue` must not jump over a declaration that the continuing block uses. @see https://www.w3.org/TR/WGSL/#continue-statement */
  #checkBypass(node: NodeId, declaration: NodeId): void {
    const ast = this.#ast;
    const start = ast.start(declaration);
    for (let i = this.#loops.length - 1; i >= 0; i--) {
      const loop = this.#loops[i]!;
      const inBody = loop.continuingStart !== Number.POSITIVE_INFINITY && start >= loop.bodyStart && start < loop.continuingStart;
      if (!inBody || start < loop.firstContinue) continue;
      const name = ast.symbols.text(ast.symbolOf(node));
      this.#diagnostics.error("W0203", ast.span(node), `'${name}' is used here, but a 'continue' may skip its declaration`, [
        { message: `'${name}' is declared here`, span: ast.span(ast.nameNode(declaration)) },
        { message: "this 'continue' comes before it", span: { offset: loop.firstContinue, length: "continue".length } },
      ]);
      loop.firstContinue = Number.POSITIVE_INFINITY;
      return;
    }
  }

  #forEach(list: ListId, visit: (node: NodeId) => void): void {
    const n = this.#ast.listLength(list);
    for (let i = 0; i < n; i++) visit(this.#ast.listItem(list, i));
  }
}
