/**
 * Textures to IR. The machine has none: a texture binding is two buffers, its texels and what the driver says of them (`texture-code.ts`),
 * and a builtin is a call of a function written in WGSL. A texture passed to a function is passed as both pointers.
 * @see docs/decisions/0008-textures-are-words.md
 */
import type { FunctionId as IrFunctionId, Value } from "../../ir/module.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { Ice, Unsupported } from "../../support/failure.ts";
import { INFO_BINDING } from "../../support/hidden-bindings.ts";
import { NONE } from "../../support/id.ts";
import { texelRecord } from "../../support/texel.ts";
import { Kind, type NodeId } from "./ast.ts";
import { check } from "./check.ts";
import { parse } from "./parser.ts";
import { SAMPLING_CODE } from "./sampling-code.ts";
import type { CheckedModule, DeclId, FunctionId, GlobalVariable } from "./sema.ts";
import { TEXTURE_CODE } from "./texture-code.ts";
import { Context } from "./to-ir-context.ts";
import { value } from "./to-ir-expr.ts";
import { whereAlive } from "./to-ir-stage.ts";
import { TypeLowering } from "./to-ir-types.ts";
import { ACCESS, F32, FORMATS, I32, TEXTURES, type TypeId, TypeKind, U32 } from "./types.ts";

/** Pointers to a texture's two buffers. */
export interface Texture {
  readonly texels: Value;
  readonly info: Value;
}

/** By text: with the code of samplers, and without. */
const checkedCode = new Map<string, CheckedModule>();

function textureCode(samples: boolean): CheckedModule {
  const text = samples ? TEXTURE_CODE + SAMPLING_CODE : TEXTURE_CODE;
  let code = checkedCode.get(text);
  if (code === undefined) {
    const diagnostics = new DiagnosticList();
    code = check(parse(text, diagnostics), diagnostics);
    if (!code.ok) throw new Ice(`the code of textures has errors: ${diagnostics.items[0]?.message}`);
    checkedCode.set(text, code);
  }
  return code;
}

/** Lowers functions of texture-code.ts into the module at hand, each when it is first called. */
export class TextureFunctions {
  readonly #c: Context;
  readonly #lower: (c: Context, id: FunctionId) => void;
  readonly #ids = new Map<string, FunctionId>();

  /**
   * @param lower lowers one function whose callees are there
   * @param samples whether there are samplers, too
   */
  constructor(user: Context, lower: (c: Context, id: FunctionId) => void, samples: boolean) {
    const code = textureCode(samples);
    const { module } = user;
    const empty = { overrides: new Map(), counts: new Map(), workgroupSize: user.specialization.workgroupSize };
    this.#c = new Context(code, module, new TypeLowering(code, module, empty.counts), empty);
    this.#c.isSynthetic = true;
    this.#lower = lower;
    code.functions.forEach((f, i) => {
      this.#ids.set(f.name, i as FunctionId);
    });
  }

  #id(name: string): FunctionId {
    const id = this.#ids.get(name);
    if (id === undefined) throw new Ice(`the code of textures has no function '${name}'`);
    return id;
  }

  #function(id: FunctionId): IrFunctionId {
    const known = this.#c.functions.get(id);
    if (known !== undefined) return known;
    // the call graph of texture-code.ts is a few deep
    for (const callee of this.#c.checked.functions[id]!.callees) this.#function(callee);
    this.#lower(this.#c, id);
    return this.#c.functions.get(id)!;
  }

  call(user: Context, name: string, args: readonly Value[]): Value {
    const id = this.#id(name);
    const type = this.#c.lower.type(this.#c.checked.functions[id]!.returnType);
    return user.emitList("FunctionCall", type, [this.#function(id), ...args]);
  }

  /** Types of the two pointers: those of the parameters of `texel`. */
  get pointers() {
    const [texels, info] = this.#c.checked.functions[this.#id("texel")]!.params;
    return { texels: this.#c.lower.type(texels!.type), info: this.#c.lower.type(info!.type) };
  }

  /** Type of the pointer to what stands for a sampler: that of a parameter of `texel_place`. */
  get samplerPointer() {
    return this.#c.lower.type(this.#c.checked.functions[this.#id("texel_place")]!.params[1]!.type);
  }

  /** A Format that the shader states. */
  format(name: string): Value {
    const { module, lower, checked } = this.#c;
    const type = lower.type(checked.functions[this.#id("format_of")]!.returnType);
    const { bytes, channels } = texelRecord(name);
    const record = module.types.memberType(type, 1);
    const parts = channels.map((channel) =>
      module.constantComposite(
        record,
        channel.map((n) => module.u32(n)),
      ),
    );
    return module.constantComposite(type, [module.u32(bytes), ...parts]);
  }
}

export const isTexture = (c: Context, type: TypeId): boolean => c.wgsl.kind(type) === TypeKind.texture;
export const isSampler = (c: Context, type: TypeId): boolean =>
  c.wgsl.kind(type) === TypeKind.sampler || c.wgsl.kind(type) === TypeKind.samplerComparison;

export const isHandle = (c: Context, type: TypeId): boolean => isTexture(c, type) || isSampler(c, type);

export function addTexture(c: Context, g: GlobalVariable): void {
  const { texels, info } = c.textures.pointers;
  const { group, decl, name } = g;
  const at = (binding: number, writable: boolean) => ({ group, binding, writable, builtin: "", location: NONE });
  const writable = isStorage(c, g.storeType) && c.wgsl.access(g.storeType) !== ACCESS.read;
  c.handles.set(decl, {
    texels: c.module.addGlobal(texels, { name, ...at(g.binding, writable) }),
    info: c.module.addGlobal(info, { name: `${name}.info`, ...at(g.binding + INFO_BINDING, false) }),
  });
}

export function addSampler(c: Context, { group, binding, decl, name }: GlobalVariable): void {
  const info = { name, group, binding, writable: false, builtin: "", location: NONE };
  c.samplers.set(decl, c.module.addGlobal(c.textures.samplerPointer, info));
}

const isStorage = (c: Context, type: TypeId): boolean => TEXTURES[c.wgsl.textureKind(type)]!.group === "storage";

/** What an argument names: a variable, or a parameter. */
export function textureOf(c: Context, node: NodeId): Texture {
  if (c.ast.kind(node) !== Kind.IDENT) throw new Unsupported("textures that are no plain names");
  const texture = c.handles.get(c.checked.targetOf[node]! as DeclId);
  if (texture === undefined) throw new Unsupported("textures of this type");
  return texture;
}

/** The buffer that stands for a sampler. */
export function samplerOf(c: Context, node: NodeId): Value {
  const known = c.ast.kind(node) === Kind.IDENT ? c.samplers.get(c.checked.targetOf[node]! as DeclId) : undefined;
  if (known === undefined) throw new Unsupported("samplers that are no plain names");
  return known;
}

/** Arguments of a call of a user's function: a texture is two. */
export function callArguments(c: Context, args: readonly NodeId[]): Value[] {
  return args.flatMap((node) => {
    const type = c.usedAs(node);
    if (isSampler(c, type)) return [samplerOf(c, node)];
    if (!isTexture(c, type)) return [value(c, node)];
    const { texels, info } = textureOf(c, node);
    return [texels, info];
  });
}

function unsigned(c: Context, node: NodeId): Value {
  const v = value(c, node);
  return c.wgsl.scalarOf(c.usedAs(node)) === U32 ? v : c.emit("Bitcast", sameShape(c, v), v);
}
function sameShape(c: Context, v: Value) {
  const { types } = c.module;
  const type = c.module.type(v);
  return types.isScalar(type) ? types.u32 : types.vector(types.u32, types.length(type));
}

/** x, y and z, where z is a layer or a slice; what the texture has not is zero. */
function place(c: Context, coords: NodeId, layer: NodeId | undefined): Value {
  const { types } = c.module;
  const at = unsigned(c, coords);
  const parts: Value[] = [];
  if (types.isScalar(c.module.type(at))) parts.push(at);
  else for (let i = 0; i < types.length(c.module.type(at)); i++) parts.push(c.extract(at, i));
  if (layer !== undefined) {
    while (parts.length < 2) parts.push(c.module.u32(0));
    parts.push(unsigned(c, layer));
  }
  while (parts.length < 3) parts.push(c.module.u32(0));
  return c.emitList("CompositeConstruct", types.vector(types.u32, 3), parts);
}

export function formatFor(c: Context, type: TypeId, info: Value): Value {
  if (!isStorage(c, type)) return c.textures.call(c, "format_of", [info]);
  return c.textures.format(FORMATS[c.wgsl.texelFormat(type)]!.name);
}

const LOADS = { f32: "load_f32", u32: "load_u32", i32: "load_i32" } as const;
type Component = keyof typeof LOADS;

export function componentOf(c: Context, type: TypeId): Component {
  const shape = TEXTURES[c.wgsl.textureKind(type)]!;
  if (shape.group === "storage") return FORMATS[c.wgsl.texelFormat(type)]!.channel;
  if (shape.name.startsWith("texture_depth")) return "f32";
  const sampled = c.wgsl.sampledType(type);
  return sampled === F32 ? "f32" : sampled === I32 ? "i32" : "u32";
}

function load(c: Context, node: NodeId, args: readonly NodeId[]): Value {
  const type = c.usedAs(args[0]!);
  const shape = TEXTURES[c.wgsl.textureKind(type)]!;
  const { texels, info } = textureOf(c, args[0]!);
  const at = place(c, args[1]!, shape.arrayed ? args[2] : undefined);
  const last = args[shape.arrayed ? 3 : 2];
  const index = last === undefined ? c.module.u32(0) : unsigned(c, last);
  const [level, sample] = shape.group === "multisampled" ? [c.module.u32(0), index] : [index, c.module.u32(0)];
  const component = componentOf(c, type);
  const loaded = c.textures.call(c, LOADS[component], [texels, info, formatFor(c, type, info), at, level, sample]);
  return c.module.types.isScalar(c.irType(node)) ? c.extract(loaded, 0) : loaded;
}

function store(c: Context, _: NodeId, args: readonly NodeId[]): Value {
  const type = c.usedAs(args[0]!);
  const shape = TEXTURES[c.wgsl.textureKind(type)]!;
  const { texels, info } = textureOf(c, args[0]!);
  const at = place(c, args[1]!, shape.arrayed ? args[2] : undefined);
  const { name, channel } = FORMATS[c.wgsl.texelFormat(type)]!;
  const words = c.textures.call(c, `words_of_${channel}`, [value(c, args.at(-1)!), c.textures.format(name)]);
  const { bytes } = texelRecord(name);
  const given = [texels, info, c.module.u32(bytes), at, words];
  return whereAlive(c, c.module.types.void, () => c.textures.call(c, bytes < 4 ? "store_part" : "store", given));
}

function dimensions(c: Context, node: NodeId, [texture, level]: readonly NodeId[]): Value {
  const { info } = textureOf(c, texture!);
  const size = c.textures.call(c, "dimensions", [info, level === undefined ? c.module.u32(0) : unsigned(c, level)]);
  const type = c.irType(node);
  const { types } = c.module;
  if (types.isScalar(type)) return c.extract(size, 0);
  const parts = Array.from({ length: types.length(type) }, (_, i) => i);
  return parts.length === 3 ? size : c.emit("VectorShuffle", type, size, size, ...parts);
}

const count =
  (name: "layers" | "levels" | "samples") =>
  (c: Context, _: NodeId, [texture]: readonly NodeId[]): Value =>
    c.textures.call(c, name, [textureOf(c, texture!).info]);

export const TEXTURE_BUILTIN: Readonly<Record<string, (c: Context, node: NodeId, args: readonly NodeId[]) => Value>> = {
  textureLoad: load,
  textureStore: store,
  textureDimensions: dimensions,
  textureNumLayers: count("layers"),
  textureNumLevels: count("levels"),
  textureNumSamples: count("samples"),
};
