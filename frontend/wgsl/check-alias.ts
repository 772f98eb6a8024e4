/**
 * Alias analysis: within a call, memory that a pointer argument writes must not be reachable by another name.
 * Functions come callees first, so one pass suffices. Runs only in modules that have pointer parameters.
 * @see https://www.w3.org/TR/WGSL/#alias-analysis
 */
import type { Budget } from "../../support/column.ts";
import { NONE } from "../../support/id.ts";
import { Kind, type NodeId } from "./ast.ts";
import { builtinName } from "./builtins-notation.ts";
import type { CheckContext } from "./check-context.ts";
import { nodeRange } from "./node-range.ts";
import { Roots } from "./roots.ts";
import { type BuiltinId, type DeclId, DeclKind, Form, type FunctionId, swizzleLength } from "./sema.ts";
import { ERROR, type TypeId, TypeKind } from "./types.ts";

const READ = 1;
const WRITE = 2;

/** What a function does to the memory that its callers can name. */
interface Effects {
  /** READ and WRITE bits by parameter position */
  readonly params: Uint8Array;
  /** one bit per tracked global */
  readonly reads: Uint32Array;
  readonly writes: Uint32Array;
}

export function checkAliases(c: CheckContext, budget: Budget): void {
  const isPointer = (t: TypeId) => c.types.kind(t) === TypeKind.ptr;
  if (!c.functions.some((fn) => fn.params.some((p) => isPointer(p.type)))) return;
  new AliasChecker(c, budget).run();
}

class AliasChecker {
  readonly #c: CheckContext;
  readonly #budget: Budget;
  readonly #roots: Roots;
  readonly #effects: Effects[] = [];
  /** globals whose address is passed somewhere: only they can be aliased. DeclId to bit */
  readonly #tracked = new Map<number, number>();

  constructor(c: CheckContext, budget: Budget) {
    this.#c = c;
    this.#budget = budget;
    this.#roots = new Roots(c);
  }

  run(): void {
    const { ast } = this.#c;
    for (let node = 0; node < ast.length; node++) {
      if (this.#c.formOf[node] === Form.CALL) this.#track(node as NodeId);
    }
    for (const id of this.#c.functions.keys()) this.#function(id as FunctionId);
  }

  #track(call: NodeId): void {
    for (const { root } of this.#pointerArguments(call)) {
      if (root !== NONE && this.#c.declarations[root]!.kind === DeclKind.GLOBAL && !this.#tracked.has(root))
        this.#tracked.set(root, this.#tracked.size);
    }
  }

  #function(id: FunctionId): void {
    const fn = this.#c.functions[id]!;
    const words = (this.#tracked.size + 31) >> 5;
    this.#budget.charge(words * 8 + fn.params.length);
    const effects: Effects = { params: new Uint8Array(fn.params.length), reads: new Uint32Array(words), writes: new Uint32Array(words) };
    this.#effects.push(effects);
    for (const callee of fn.callees) {
      const of = this.#effects[callee];
      if (of === undefined) continue;
      for (let w = 0; w < words; w++) {
        effects.reads[w] = effects.reads[w]! | of.reads[w]!;
        effects.writes[w] = effects.writes[w]! | of.writes[w]!;
      }
    }
    const [first, last] = nodeRange(this.#c.ast, fn.node);
    for (let node = first; node < last; node++) this.#node(effects, node as NodeId);
  }

  #node(effects: Effects, node: NodeId): void {
    const { ast, types } = this.#c;
    const type = this.#c.typeOf[node] as TypeId;
    if (type !== ERROR && types.kind(type) === TypeKind.ref && types.kind(this.#c.used(node)) !== TypeKind.ref)
      this.#access(effects, node, READ);
    switch (ast.kind(node)) {
      case Kind.ASSIGN:
        return this.#access(effects, ast.leftOf(node), WRITE);
      case Kind.COMPOUND_ASSIGN:
      case Kind.INCREMENT:
      case Kind.DECREMENT:
        return this.#access(effects, ast.leftOf(node), READ | WRITE);
      case Kind.MEMBER:
        if (this.#c.formOf[node] === Form.SWIZZLE && swizzleLength(this.#c.targetOf[node]!) > 1)
          this.#readThroughPointer(effects, ast.objectOf(node));
        return;
      case Kind.CALL:
        if (this.#c.formOf[node] === Form.BUILTIN) this.#builtin(effects, node);
        else if (this.#c.formOf[node] === Form.CALL) this.#call(effects, node);
        return;
    }
  }

  /** `p.xy` of a pointer reads memory without a reference of its own. */
  #readThroughPointer(effects: Effects, object: NodeId): void {
    if (this.#c.types.kind(this.#c.used(object)) === TypeKind.ptr) this.#access(effects, object, READ);
  }

  #access(effects: Effects, expression: NodeId, how: number): void {
    this.#accessRoot(effects, this.#roots.rootOf(expression), how);
  }
  #accessRoot(effects: Effects, root: DeclId, how: number): void {
    if (root === NONE) return;
    const { kind, index } = this.#c.declarations[root]!;
    if (kind === DeclKind.PARAM) {
      if (index < effects.params.length) effects.params[index] = effects.params[index]! | how;
      return;
    }
    const bit = this.#tracked.get(root);
    if (bit === undefined) return;
    const mask = 1 << (bit & 31);
    if (how & READ) effects.reads[bit >> 5] = effects.reads[bit >> 5]! | mask;
    if (how & WRITE) effects.writes[bit >> 5] = effects.writes[bit >> 5]! | mask;
  }

  #builtin(effects: Effects, node: NodeId): void {
    const name = builtinName(this.#c.targetOf[node] as BuiltinId);
    const how =
      name === "atomicLoad" || name === "workgroupUniformLoad"
        ? READ
        : name === "atomicStore"
          ? WRITE
          : name.startsWith("atomic")
            ? READ | WRITE
            : 0;
    if (how !== 0) this.#access(effects, this.#c.ast.listItem(this.#c.ast.argumentsOf(node), 0), how);
  }

  #pointerArguments(call: NodeId): { position: number; node: NodeId; root: DeclId }[] {
    const { ast, types } = this.#c;
    const found: { position: number; node: NodeId; root: DeclId }[] = [];
    this.#c.forEach(ast.argumentsOf(call), (node, position) => {
      if (types.kind(this.#c.used(node)) === TypeKind.ptr) found.push({ position, node, root: this.#roots.rootOf(node) });
    });
    return found;
  }

  #call(effects: Effects, node: NodeId): void {
    const callee = this.#c.targetOf[node] as FunctionId;
    const of = this.#effects[callee];
    if (of === undefined) return;
    const args = this.#pointerArguments(node);
    const byRoot = new Map<DeclId, number>();
    for (const arg of args) {
      const how = of.params[arg.position] ?? 0;
      this.#accessRoot(effects, arg.root, how);
      if (arg.root === NONE) continue;
      const others = byRoot.get(arg.root);
      if (others !== undefined && others !== 0 && how !== 0 && (others | how) & WRITE) {
        this.#report(arg.node, arg.root, callee, "another argument also points to it");
      }
      byRoot.set(arg.root, how | (others ?? 0));
      if (others === undefined) this.#checkGlobal(of, arg.node, arg.root, how, callee);
    }
  }

  #checkGlobal(of: Effects, node: NodeId, root: DeclId, how: number, callee: FunctionId): void {
    const bit = this.#tracked.get(root);
    if (bit === undefined) return;
    const mask = 1 << (bit & 31);
    const [reads, writes] = [of.reads[bit >> 5]! & mask, of.writes[bit >> 5]! & mask];
    if ((how & WRITE && (reads || writes)) || (how & READ && writes)) this.#report(node, root, callee, "it also uses the variable by name");
  }

  #report(node: NodeId, root: DeclId, callee: FunctionId, why: string): void {
    const name = this.#c.declarations[root]!.name;
    this.#c.error("W0279", node, `'${this.#c.functions[callee]!.name}' may write '${name}' while using it under another name: ${why}`);
  }
}
