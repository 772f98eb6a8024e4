/**
 * Builtins that take a sampler, as calls of `sampling-code.ts`. The level of detail of those that state none comes from derivatives, which are
 * taken here: in the user's control flow.
 * @see https://www.w3.org/TR/WGSL/#texture-builtin-functions
 */
import type { Value } from "../../ir/module.ts";
import { Kind, type NodeId } from "./ast.ts";
import { CUBE } from "./sampling-code.ts";
import type { DeclId } from "./sema.ts";
import type { Context } from "./to-ir-context.ts";
import { derivative } from "./to-ir-derivatives.ts";
import { value } from "./to-ir-expr.ts";
import { componentOf, formatFor, samplerOf, textureOf } from "./to-ir-textures.ts";
import { TEXTURES, type TextureShape } from "./types.ts";

const DIMS = { "1d": 1, "2d": 2, "3d": 3, cube: CUBE } as const;

/** How a function says which mip levels it reads. */
type Detail = "implicit" | "bias" | "level" | "grad" | "base";

interface Row {
  readonly detail: Detail;
  readonly compares: boolean;
}
const SAMPLE: Readonly<Record<string, Row>> = {
  textureSample: { detail: "implicit", compares: false },
  textureSampleBias: { detail: "bias", compares: false },
  textureSampleCompare: { detail: "implicit", compares: true },
  textureSampleCompareLevel: { detail: "base", compares: true },
  textureSampleGrad: { detail: "grad", compares: false },
  textureSampleLevel: { detail: "level", compares: false },
};

/** Arguments in order: each call takes the next ones. */
class Arguments {
  readonly #c: Context;
  readonly #nodes: readonly NodeId[];
  #next = 0;

  constructor(c: Context, nodes: readonly NodeId[]) {
    this.#c = c;
    this.#nodes = nodes;
  }
  get node(): NodeId {
    return this.#nodes[this.#next++]!;
  }
  get hasMore(): boolean {
    return this.#next < this.#nodes.length;
  }
  get value(): Value {
    return value(this.#c, this.node);
  }
}

/** x, y, z, of which the texture may lack some. */
function padded(c: Context, v: Value): Value {
  const { types } = c.module;
  const type = c.module.type(v);
  const scalar = types.isScalar(type) ? type : types.element(type);
  const parts = types.isScalar(type) ? [v] : Array.from({ length: types.length(type) }, (_, i) => c.extract(v, i));
  while (parts.length < 3) parts.push(c.module.constantNull(scalar));
  return c.emitList("CompositeConstruct", types.vector(scalar, 3), parts);
}

const noOffset = (c: Context): Value => c.module.constantNull(c.module.types.vector(c.module.types.i32, 3));

/** Which image of the texture: 0 where there is one. */
function layer(c: Context, shape: TextureShape, info: Value, args: Arguments): Value {
  const { types } = c.module;
  if (!shape.arrayed) return c.module.u32(0);
  let index = args.value;
  if (c.module.type(index) === types.u32) {
    // what is too large for an i32 is the last layer all the same
    const most = c.module.u32(0x7fff_ffff);
    index = c.emit("Bitcast", types.i32, c.emit("UMin", types.u32, index, most));
  }
  const number = c.textures.call(c, "layer_of", [info, index]);
  return shape.dim === "cube" ? c.emit("IMul", types.u32, number, c.module.u32(6)) : number;
}

/** A level may be an integer where the texture has depth. */
function level(c: Context, v: Value): Value {
  const { types } = c.module;
  const type = c.module.type(v);
  if (type === types.f32) return v;
  return c.emit(types.isSigned(type) ? "ConvertSToF" : "ConvertUToF", types.f32, v);
}

function sample(c: Context, node: NodeId, nodes: readonly NodeId[], { detail, compares }: Row): Value {
  const { module } = c;
  const args = new Arguments(c, nodes);
  const textureNode = args.node;
  const shape = TEXTURES[c.wgsl.textureKind(c.usedAs(textureNode))]!;
  const { texels, info } = textureOf(c, textureNode);
  const sampler = samplerOf(c, args.node);
  const coords = padded(c, args.value);
  const image = layer(c, shape, info, args);
  const reference = compares ? args.value : module.constant(module.types.f32, 0);
  const format = formatFor(c, c.usedAs(textureNode), info);
  const common = [texels, info, sampler, format, module.u32(DIMS[shape.dim]), module.constant(module.types.bool, compares ? 1 : 0)];
  const zero = module.constant(module.types.f32, 0);
  let levels: Value[];
  if (detail === "level" || detail === "base") levels = [detail === "level" ? level(c, args.value) : zero];
  else if (detail === "grad") levels = [padded(c, args.value), padded(c, args.value), zero];
  else levels = [derivative(c, coords, "x"), derivative(c, coords, "y"), detail === "bias" ? args.value : zero];
  const offset = args.hasMore ? padded(c, args.value) : noOffset(c);
  const sampled = c.textures.call(c, levels.length === 1 ? "sample_level" : "sample_grad", [
    ...common,
    reference,
    coords,
    image,
    offset,
    ...levels,
  ]);
  return module.types.isScalar(c.irType(node)) ? c.extract(sampled, 0) : sampled;
}

function gather(c: Context, _: NodeId, nodes: readonly NodeId[], compares: boolean): Value {
  const { module } = c;
  const args = new Arguments(c, nodes);
  const first = args.node;
  // textures with depth have one component, and no argument that names it
  const isTexture = c.ast.kind(first) === Kind.IDENT && c.handles.has(c.checked.targetOf[first]! as DeclId);
  const component = isTexture ? module.u32(0) : unsigned(c, value(c, first));
  const textureNode = isTexture ? first : args.node;
  const type = c.usedAs(textureNode);
  const shape = TEXTURES[c.wgsl.textureKind(type)]!;
  const { texels, info } = textureOf(c, textureNode);
  const sampler = samplerOf(c, args.node);
  const coords = padded(c, args.value);
  const image = layer(c, shape, info, args);
  const which = compares ? args.value : component;
  const offset = args.hasMore ? padded(c, args.value) : noOffset(c);
  const name = compares ? "gather_compare" : `gather_${componentOf(c, type)}`;
  const format = formatFor(c, type, info);
  return c.textures.call(c, name, [texels, info, sampler, format, module.u32(DIMS[shape.dim]), which, coords, image, offset]);
}

const unsigned = (c: Context, v: Value): Value => (c.module.type(v) === c.module.types.u32 ? v : c.emit("Bitcast", c.module.types.u32, v));

/** Of the first level, with coordinates kept half a texel inside. */
function sampleBase(c: Context, _: NodeId, [textureNode, samplerNode, coordsNode]: readonly NodeId[]): Value {
  const { module } = c;
  const { texels, info } = textureOf(c, textureNode!);
  const sampler = samplerOf(c, samplerNode!);
  const coords = c.textures.call(c, "clamped_to_edge", [info, padded(c, value(c, coordsNode!))]);
  const zero = module.constant(module.types.f32, 0);
  const format = formatFor(c, c.usedAs(textureNode!), info);
  const none = module.constant(module.types.bool, 0);
  return c.textures.call(c, "sample_level", [
    texels,
    info,
    sampler,
    format,
    module.u32(DIMS["2d"]),
    none,
    zero,
    coords,
    module.u32(0),
    noOffset(c),
    zero,
  ]);
}

type Lower = (c: Context, node: NodeId, args: readonly NodeId[]) => Value;

export const SAMPLING_BUILTIN: Readonly<Record<string, Lower>> = {
  ...Object.fromEntries(
    Object.entries(SAMPLE).map(([name, row]): [string, Lower] => [name, (c, node, args) => sample(c, node, args, row)]),
  ),
  textureGather: (c, node, args) => gather(c, node, args, false),
  textureGatherCompare: (c, node, args) => gather(c, node, args, true),
  textureSampleBaseClampToEdge: sampleBase,
};
