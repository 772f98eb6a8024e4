/**
 * Which texture and sampler variables an entry point uses together in one call, followed through parameters. Pipeline layouts need it to
 * tell filterable textures. @see https://www.w3.org/TR/webgpu/#abstract-opdef-default-pipeline-layout
 */
import { NONE } from "../../support/id.ts";
import type { NodeId } from "./ast.ts";
import { builtinName } from "./builtins-notation.ts";
import { nodeRange } from "./node-range.ts";
import { Reach } from "./reach.ts";
import { Roots } from "./roots.ts";
import { type BuiltinId, type CheckedModule, type DeclId, DeclKind, Form, type FunctionId, type GlobalId } from "./sema.ts";
import { type TypeId, TypeKind } from "./types.ts";

export interface TexturePair {
  readonly texture: GlobalId;
  readonly sampler: GlobalId;
}
/** A pair within a function: each a global or one of its parameters. */
interface LocalPair {
  readonly texture: DeclId;
  readonly sampler: DeclId;
}

export class TextureUses {
  readonly #module: CheckedModule;
  readonly #roots: Roots;
  /** by function, pairs that name a parameter: callers complete them */
  readonly #open: LocalPair[][] = [];
  /** by function, pairs of globals that arise in it */
  readonly #closed: TexturePair[][] = [];
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

  /** Pairs that arise in the entry point or anything it calls, without repetition. */
  pairsOf(entry: FunctionId): TexturePair[] {
    const pairs = new Map<string, TexturePair>();
    for (const id of this.#reach.of(entry)) for (const pair of this.#closed[id]!) pairs.set(`${pair.texture},${pair.sampler}`, pair);
    return [...pairs.values()];
  }

  #function(id: FunctionId): void {
    const { ast, formOf, targetOf, functions } = this.#module;
    const open = new Map<string, LocalPair>();
    const closed = new Map<string, TexturePair>();
    const [first, last] = nodeRange(ast, functions[id]!.node);
    for (let node = first; node < last; node++) {
      if (formOf[node] === Form.BUILTIN) this.#builtin(node as NodeId, open, closed);
      else if (formOf[node] === Form.CALL) this.#call(node as NodeId, targetOf[node] as FunctionId, open, closed);
    }
    this.#open.push([...open.values()]);
    this.#closed.push([...closed.values()]);
  }

  #builtin(node: NodeId, open: Map<string, LocalPair>, closed: Map<string, TexturePair>): void {
    if (!builtinName(this.#module.targetOf[node] as BuiltinId).startsWith("texture")) return;
    let texture = NONE as DeclId;
    let sampler = NONE as DeclId;
    for (const arg of this.#argumentNodes(node)) {
      const kind = this.#module.types.kind(this.#module.usedAs[arg] as TypeId);
      if (kind === TypeKind.texture) texture = this.#roots.rootOf(arg);
      else if (kind === TypeKind.sampler || kind === TypeKind.samplerComparison) sampler = this.#roots.rootOf(arg);
    }
    this.#add({ texture, sampler }, open, closed);
  }

  #call(node: NodeId, callee: FunctionId, open: Map<string, LocalPair>, closed: Map<string, TexturePair>): void {
    const pairs = this.#open[callee];
    if (pairs === undefined || pairs.length === 0) return;
    const args = this.#argumentNodes(node);
    const given = (id: DeclId): DeclId => {
      const declaration = this.#module.declarations[id]!;
      return declaration.kind === DeclKind.PARAM ? this.#roots.rootOf(args[declaration.index]!) : id;
    };
    for (const pair of pairs) this.#add({ texture: given(pair.texture), sampler: given(pair.sampler) }, open, closed);
  }

  #add(pair: LocalPair, open: Map<string, LocalPair>, closed: Map<string, TexturePair>): void {
    if (pair.texture === NONE || pair.sampler === NONE) return;
    const [texture, sampler] = [this.#module.declarations[pair.texture]!, this.#module.declarations[pair.sampler]!];
    const key = `${pair.texture},${pair.sampler}`;
    if (texture.kind === DeclKind.GLOBAL && sampler.kind === DeclKind.GLOBAL) {
      closed.set(key, { texture: texture.index as GlobalId, sampler: sampler.index as GlobalId });
    } else open.set(key, pair);
  }

  #argumentNodes(node: NodeId): NodeId[] {
    const list = this.#module.ast.argumentsOf(node);
    return Array.from({ length: this.#module.ast.listLength(list) }, (_, i) => this.#module.ast.listItem(list, i));
  }
}
