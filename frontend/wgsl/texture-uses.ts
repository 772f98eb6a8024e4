/**
 * With which builtins and samplers an entry point uses texture variables, followed through parameters. Pipeline layouts need it to tell
 * filterable textures, compatibility mode to count and to forbid. @see https://www.w3.org/TR/webgpu/#abstract-opdef-default-pipeline-layout
 */
import { NONE } from "../../support/id.ts";
import type { NodeId } from "./ast.ts";
import { builtinName } from "./builtins-notation.ts";
import { nodeRange } from "./node-range.ts";
import { Reach } from "./reach.ts";
import { Roots } from "./roots.ts";
import { type BuiltinId, type CheckedModule, type DeclId, DeclKind, Form, type FunctionId, type GlobalId } from "./sema.ts";
import { type TypeId, TypeKind } from "./types.ts";

export interface TextureUse {
  readonly builtin: BuiltinId;
  readonly texture: GlobalId;
  /** NONE in calls without one */
  readonly sampler: GlobalId;
}
/** A use within a function: each variable a global or one of its parameters. */
interface LocalUse {
  readonly builtin: BuiltinId;
  readonly texture: DeclId;
  readonly sampler: DeclId;
}

export class TextureUses {
  readonly #module: CheckedModule;
  readonly #roots: Roots;
  /** by function, uses that name a parameter: callers complete them */
  readonly #open: LocalUse[][] = [];
  /** by function, uses of globals that arise in it */
  readonly #closed: TextureUse[][] = [];
  readonly #reach: Reach;

  constructor(module: CheckedModule) {
    this.#module = module;
    this.#roots = new Roots(module);
    for (const id of module.functions.keys()) this.#function(id as FunctionId);
    this.#reach = new Reach(
      module.functions.map(({ callees }) => callees),
      (id) => this.#closed[id]!.length > 0,
    );
  }

  /** Uses that arise in the entry point or anything it calls, without repetition. */
  of(entry: FunctionId): TextureUse[] {
    const uses = new Map<string, TextureUse>();
    for (const id of this.#reach.of(entry)) for (const use of this.#closed[id]!) uses.set(keyOf(use), use);
    return [...uses.values()];
  }

  #function(id: FunctionId): void {
    const { ast, formOf, targetOf, functions } = this.#module;
    const open = new Map<string, LocalUse>();
    const closed = new Map<string, TextureUse>();
    const [first, last] = nodeRange(ast, functions[id]!.node);
    for (let node = first; node < last; node++) {
      if (formOf[node] === Form.BUILTIN) this.#builtin(node as NodeId, open, closed);
      else if (formOf[node] === Form.CALL) this.#call(node as NodeId, targetOf[node] as FunctionId, open, closed);
    }
    this.#open.push([...open.values()]);
    this.#closed.push([...closed.values()]);
  }

  #builtin(node: NodeId, open: Map<string, LocalUse>, closed: Map<string, TextureUse>): void {
    const builtin = this.#module.targetOf[node] as BuiltinId;
    if (!builtinName(builtin).startsWith("texture")) return;
    let texture = NONE as DeclId;
    let sampler = NONE as DeclId;
    for (const arg of this.#argumentNodes(node)) {
      const kind = this.#module.types.kind(this.#module.usedAs[arg] as TypeId);
      if (kind === TypeKind.texture) texture = this.#roots.rootOf(arg);
      else if (kind === TypeKind.sampler || kind === TypeKind.samplerComparison) sampler = this.#roots.rootOf(arg);
    }
    this.#add({ builtin, texture, sampler }, open, closed);
  }

  #call(node: NodeId, callee: FunctionId, open: Map<string, LocalUse>, closed: Map<string, TextureUse>): void {
    const uses = this.#open[callee];
    if (uses === undefined || uses.length === 0) return;
    const args = this.#argumentNodes(node);
    const given = (id: DeclId): DeclId => {
      if (id === NONE) return id;
      const declaration = this.#module.declarations[id]!;
      return declaration.kind === DeclKind.PARAM ? this.#roots.rootOf(args[declaration.index]!) : id;
    };
    for (const { builtin, texture, sampler } of uses)
      this.#add({ builtin, texture: given(texture), sampler: given(sampler) }, open, closed);
  }

  #add(use: LocalUse, open: Map<string, LocalUse>, closed: Map<string, TextureUse>): void {
    const [texture, sampler] = [this.#globalOf(use.texture), this.#globalOf(use.sampler)];
    if (use.texture === NONE) return;
    if (texture === NONE || (sampler === NONE && use.sampler !== NONE)) open.set(keyOf(use), use);
    else closed.set(keyOf(use), { builtin: use.builtin, texture, sampler });
  }

  #globalOf(id: DeclId): GlobalId {
    if (id === NONE) return NONE as GlobalId;
    const { kind, index } = this.#module.declarations[id]!;
    return (kind === DeclKind.GLOBAL ? index : NONE) as GlobalId;
  }

  #argumentNodes(node: NodeId): NodeId[] {
    const list = this.#module.ast.argumentsOf(node);
    return Array.from({ length: this.#module.ast.listLength(list) }, (_, i) => this.#module.ast.listItem(list, i));
  }
}

const keyOf = ({ builtin, texture, sampler }: TextureUse | LocalUse): string => `${builtin},${texture},${sampler}`;
