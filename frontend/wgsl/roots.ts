/** Root identifiers: the variable or parameter that first gives access to some memory, texture or sampler within a function.
 * @see https://www.w3.org/TR/WGSL/#root-identifier */
import { NONE } from "../../support/id.ts";
import { type Ast, Kind, type NodeId, UnaryOp } from "./ast.ts";
import { type Declaration, type DeclId, DeclKind, Form } from "./sema.ts";

/** What root finding reads of a checked module, or of one being checked. */
export interface RootSource {
  readonly ast: Ast;
  readonly formOf: Uint8Array;
  readonly targetOf: Int32Array;
  readonly declarations: readonly Declaration[];
}

export class Roots {
  readonly #source: RootSource;
  /** roots of `let` declarations, so that chains of them cost once */
  readonly #lets = new Map<number, DeclId>();

  constructor(source: RootSource) {
    this.#source = source;
  }

  /** Root of an expression of reference, pointer, texture or sampler type; NONE if it has an error. */
  rootOf(expression: NodeId): DeclId {
    const { ast, formOf, targetOf, declarations } = this.#source;
    let node = expression;
    for (;;) {
      switch (ast.kind(node)) {
        case Kind.MEMBER:
        case Kind.INDEX:
          node = ast.objectOf(node);
          continue;
        case Kind.UNARY:
          if (ast.unaryOp(node) !== UnaryOp.ADDRESS_OF && ast.unaryOp(node) !== UnaryOp.DEREF) return NONE;
          node = ast.operandOf(node);
          continue;
        case Kind.CALL:
          if (formOf[node] !== Form.BUFFER_VIEW) return NONE;
          node = ast.listItem(ast.argumentsOf(node), 0);
          continue;
        case Kind.IDENT: {
          const id = targetOf[node] as DeclId;
          const declaration = formOf[node] === Form.DECLARATION ? declarations[id] : undefined;
          if (declaration === undefined) return NONE;
          return declaration.kind === DeclKind.LET ? this.#rootOfLet(id, declaration.node) : id;
        }
        default:
          return NONE;
      }
    }
  }

  /** A `let` is declared after what it names, so asking in order of source finds the root of its initialiser known. */
  #rootOfLet(id: DeclId, node: NodeId): DeclId {
    const known = this.#lets.get(id);
    if (known !== undefined) return known;
    const chain = [id];
    let root = NONE as DeclId;
    let initializer = this.#source.ast.initializerOf(node);
    for (;;) {
      const next = this.#letNamed(initializer);
      if (next === undefined) {
        root = this.rootOf(initializer);
        break;
      }
      const nextRoot = this.#lets.get(next);
      if (nextRoot !== undefined) {
        root = nextRoot;
        break;
      }
      chain.push(next);
      initializer = this.#source.ast.initializerOf(this.#source.declarations[next]!.node);
    }
    for (const link of chain) this.#lets.set(link, root);
    return root;
  }

  /** The `let` that an expression is based on, through any access, or undefined. */
  #letNamed(expression: NodeId): DeclId | undefined {
    const { ast, formOf, targetOf, declarations } = this.#source;
    let node = expression;
    while (ast.kind(node) !== Kind.IDENT) {
      if (ast.kind(node) === Kind.MEMBER || ast.kind(node) === Kind.INDEX) node = ast.objectOf(node);
      else if (ast.kind(node) === Kind.UNARY) node = ast.operandOf(node);
      else return undefined;
    }
    const id = targetOf[node] as DeclId;
    return formOf[node] === Form.DECLARATION && declarations[id]?.kind === DeclKind.LET ? id : undefined;
  }
}
