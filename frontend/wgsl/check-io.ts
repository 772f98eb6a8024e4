/** What goes into and out of entry points. @see https://www.w3.org/TR/WGSL/#stage-inputs-outputs */
import { NONE } from "../../support/id.ts";
import { Attribute, Kind, type NodeId } from "./ast.ts";
import { attribute, attributeInt } from "./check-attributes.ts";
import type { CheckContext, IoAttributes } from "./check-context.ts";
import type { StageIo, StageName } from "./sema.ts";
import { BOOL, COUNT, ERROR, F32, type TypeId, TypeKind, U32, VEC3U, VEC4F, VOID } from "./types.ts";

interface BuiltinValue {
  readonly stage: StageName;
  readonly direction: "input" | "output";
  readonly type: TypeId;
  readonly extension?: string;
}
const value = (stage: StageName, direction: "input" | "output", type: TypeId, extension?: string): BuiltinValue => ({
  stage,
  direction,
  type,
  ...(extension ? { extension } : {}),
});
const compute = (type: TypeId, extension?: string) => [value("compute", "input", type, extension)];
const anySubgroup = [value("compute", "input", U32, "subgroups"), value("fragment", "input", U32, "subgroups")];

/** @see https://www.w3.org/TR/WGSL/#builtin-inputs-outputs */
const BUILTIN_VALUES: ReadonlyMap<string, readonly BuiltinValue[]> = new Map([
  ["vertex_index", [value("vertex", "input", U32)]],
  ["instance_index", [value("vertex", "input", U32)]],
  // ERROR stands for array<f32, N>.
  ["clip_distances", [value("vertex", "output", ERROR, "clip_distances")]],
  ["position", [value("vertex", "output", VEC4F), value("fragment", "input", VEC4F)]],
  ["front_facing", [value("fragment", "input", BOOL)]],
  ["frag_depth", [value("fragment", "output", F32)]],
  ["primitive_index", [value("fragment", "input", U32, "primitive_index")]],
  ["sample_index", [value("fragment", "input", U32)]],
  ["sample_mask", [value("fragment", "input", U32), value("fragment", "output", U32)]],
  ["local_invocation_id", compute(VEC3U)],
  ["local_invocation_index", compute(U32)],
  ["global_invocation_id", compute(VEC3U)],
  ["global_invocation_index", compute(U32)],
  ["workgroup_id", compute(VEC3U)],
  ["workgroup_index", compute(U32)],
  ["num_workgroups", compute(VEC3U)],
  ["subgroup_invocation_id", anySubgroup],
  ["subgroup_size", anySubgroup],
  ["subgroup_id", compute(U32, "subgroups")],
  ["num_subgroups", compute(U32, "subgroups")],
]);
const MAX_CLIP_DISTANCES = 8;
const MAX_LOCATION = 0xffff_ffff;

export const IO_ATTRIBUTES: readonly Attribute[] = [Attribute.BUILTIN, Attribute.LOCATION, Attribute.INTERPOLATE, Attribute.INVARIANT];

/** Reads the io attributes of a parameter, result or member, once, and checks what needs no entry point. */
export function readIo(c: CheckContext, node: NodeId, type: TypeId): IoAttributes {
  const location = attribute(c, node, Attribute.LOCATION);
  const builtin = attribute(c, node, Attribute.BUILTIN);
  const io: IoAttributes = {
    builtin: builtin === NONE ? undefined : builtinName(c, builtin, type),
    location: location === NONE ? NONE : readLocation(c, location, type),
    blendSrc: readBlendSrc(c, node, location),
    ...readInterpolation(c, node, location),
    invariant: attribute(c, node, Attribute.INVARIANT) !== NONE,
  };
  if (location !== NONE && builtin !== NONE) c.error("W0249", builtin, "a builtin value has no location");
  if (io.invariant && io.builtin !== "position" && (builtin === NONE || io.builtin !== undefined)) {
    c.error("W0253", attribute(c, node, Attribute.INVARIANT), "@invariant can only be applied to the builtin value 'position'");
  }
  c.io.set(node, io);
  return io;
}

const argumentText = (c: CheckContext, at: NodeId, i: number): string | undefined => {
  const list = c.ast.argumentsOf(at);
  if (i >= c.ast.listLength(list)) return undefined;
  const node = c.ast.listItem(list, i);
  return c.ast.kind(node) === Kind.NAME ? c.text(c.ast.symbolOf(node)) : "";
};

/** "" if unknown, which was reported. */
function builtinName(c: CheckContext, at: NodeId, type: TypeId): string | undefined {
  const name = argumentText(c, at, 0) ?? "";
  const known = BUILTIN_VALUES.get(name);
  if (known === undefined) {
    const place = c.ast.listItem(c.ast.argumentsOf(at), 0);
    if (!c.hasUnknownExtension) c.errorOfName("W0246", place, `'${name}' is not a builtin value`, name, BUILTIN_VALUES.keys());
    return undefined;
  }
  const mode = argumentText(c, at, 1);
  if (mode !== undefined && (name !== "frag_depth" || !["less", "greater", "any"].includes(mode))) {
    c.error(
      "W0246",
      at,
      name === "frag_depth" ? `'${mode}' is no depth mode; use 'less' or 'greater'` : `'${name}' takes no second argument`,
    );
  }
  const { extension, type: wanted } = known[0]!;
  if (extension !== undefined) c.requireExtension(extension, at, `'${name}'`);
  if (type === ERROR) return name;
  if (wanted === ERROR) checkClipDistances(c, at, type);
  else if (type !== wanted) c.error("W0246", at, `'${name}' is of type '${c.name(wanted)}', but this is '${c.name(type)}'`);
  return name;
}

function checkClipDistances(c: CheckContext, at: NodeId, type: TypeId): void {
  const { types } = c;
  const fits = types.kind(type) === TypeKind.array && types.element(type) === F32 && types.countKind(type) === COUNT.constant;
  if (fits && types.count(type) <= MAX_CLIP_DISTANCES) return;
  c.error("W0246", at, `'clip_distances' is an array of at most ${MAX_CLIP_DISTANCES} 'f32', but this is '${c.name(type)}'`);
}

function readLocation(c: CheckContext, at: NodeId, type: TypeId): number {
  const location = attributeInt(c, at, 0, MAX_LOCATION);
  const numeric = c.types.isVec(type) || c.types.isScalar(type) ? c.types.scalarOf(type) !== BOOL : type === ERROR;
  if (!numeric) c.error("W0247", at, `@location applies to numeric scalars and vectors, but this is '${c.name(type)}'`);
  return location ?? NONE;
}

function readBlendSrc(c: CheckContext, node: NodeId, location: NodeId): number {
  const at = attribute(c, node, Attribute.BLEND_SRC);
  if (at === NONE) return NONE;
  c.requireExtension("dual_source_blending", at, "@blend_src");
  if (location === NONE) c.error("W0254", at, "@blend_src needs a @location");
  return attributeInt(c, at, 0, 1) ?? NONE;
}

const SAMPLINGS: Readonly<Record<string, readonly string[]>> = {
  perspective: ["center", "centroid", "sample"],
  linear: ["center", "centroid", "sample"],
  flat: ["first", "either"],
};

function readInterpolation(c: CheckContext, node: NodeId, location: NodeId): Pick<IoAttributes, "interpolation" | "sampling"> {
  const at = attribute(c, node, Attribute.INTERPOLATE);
  if (at === NONE) return { interpolation: undefined, sampling: undefined };
  if (location === NONE) c.error("W0248", at, "@interpolate needs a @location");
  const type = argumentText(c, at, 0) ?? "";
  const sampling = argumentText(c, at, 1);
  const samplings = SAMPLINGS[type];
  if (samplings === undefined) {
    c.error("W0248", at, `'${type}' is no interpolation type; use 'perspective', 'linear' or 'flat'`);
    return { interpolation: undefined, sampling: undefined };
  }
  if (sampling !== undefined && !samplings.includes(sampling)) {
    c.error(
      "W0248",
      at,
      `'${sampling}' is no sampling of interpolation type '${type}'; use ${samplings.map((s) => `'${s}'`).join(" or ")}`,
    );
  }
  return { interpolation: type as IoAttributes["interpolation"], sampling: (sampling ?? samplings[0]) as IoAttributes["sampling"] };
}

/** Rules about all members of a structure together. */
export function checkMemberLocations(c: CheckContext, members: readonly NodeId[]): void {
  if (members.some((node) => attribute(c, node, Attribute.BLEND_SRC) !== NONE && c.io.get(node)!.blendSrc === NONE)) return;
  const located = members.map((node) => ({ node, io: c.io.get(node)! })).filter(({ io }) => io.location !== NONE);
  const blended = located.find(({ io }) => io.blendSrc !== NONE);
  if (blended !== undefined) {
    const sources = located.map(({ io }) => io.blendSrc).sort();
    const sameType = located.every(({ node }) => c.typeOf[node] === c.typeOf[located[0]!.node]);
    const fits = located.length === 2 && sources[0] === 0 && sources[1] === 1 && located.every(({ io }) => io.location === 0) && sameType;
    if (!fits)
      c.error(
        "W0254",
        blended.node,
        "a structure with @blend_src has two members at location 0, of one type, with @blend_src(0) and @blend_src(1)",
      );
    return;
  }
  const seen = new Map<number, NodeId>();
  for (const { node, io } of located) {
    const first = seen.get(io.location);
    if (first === undefined) seen.set(io.location, node);
    else locationTwice(c, io.location, first, node);
  }
}

function locationTwice(c: CheckContext, location: number, first: NodeId, node: NodeId): void {
  c.error("W0247", node, `location ${location} is used twice`, [{ message: "first used here", span: c.ast.span(first) }]);
}

/** Something with io attributes: where it stands and what it is. */
interface Datum {
  readonly node: NodeId;
  readonly name: string;
  readonly type: TypeId;
  readonly param: number;
  readonly member: number;
}

/** Flattens the parameters or the result of an entry point and checks them for its stage. */
export function stageIo(
  c: CheckContext,
  stage: StageName,
  direction: "input" | "output",
  parts: readonly { node: NodeId; name: string; type: TypeId }[],
): StageIo[] {
  const data: Datum[] = [];
  for (const [i, part] of parts.entries()) {
    const param = direction === "input" ? i : NONE;
    if (c.types.kind(part.type) === TypeKind.struct) flatten(c, data, part, param);
    else if (part.type !== ERROR && part.type !== VOID) data.push({ ...part, param, member: NONE });
  }
  const blended = data.find(({ node }) => (c.io.get(node)?.blendSrc ?? NONE) !== NONE);
  if (blended !== undefined && !canBlend(stage, direction))
    c.error("W0254", blended.node, "@blend_src applies to outputs of fragment entry points only");
  const locations = new Map<number, Datum>();
  const builtins = new Map<string, NodeId>();
  const out: StageIo[] = [];
  for (const datum of data) {
    const io = c.io.get(datum.node);
    if (io === undefined || !checkDatum(c, stage, direction, datum, io, builtins)) continue;
    // Within one structure, locations were checked at its declaration.
    const first = io.blendSrc === NONE ? locations.get(io.location) : undefined;
    if (first !== undefined && first.param !== datum.param) locationTwice(c, io.location, first.node, datum.node);
    if (io.location !== NONE && first === undefined) locations.set(io.location, datum);
    out.push(toStageIo(c, datum, io));
  }
  return out;
}

const canBlend = (stage: StageName, direction: "input" | "output") => stage === "fragment" && direction === "output";

function flatten(c: CheckContext, data: Datum[], part: { node: NodeId; name: string; type: TypeId }, param: number): void {
  const own = c.io.get(part.node);
  // An io attribute on a structure was reported when it was read.
  if (own !== undefined && (own.builtin !== undefined || own.location !== NONE)) return;
  const nodes = c.memberNodes.get(part.type) ?? [];
  for (const [member, { name, type }] of c.types.struct(part.type).members.entries()) {
    if (nodes[member] !== undefined) data.push({ node: nodes[member], name, type, param, member });
  }
}

function checkDatum(
  c: CheckContext,
  stage: StageName,
  direction: "input" | "output",
  datum: Datum,
  io: IoAttributes,
  builtins: Map<string, NodeId>,
): boolean {
  const { node } = datum;
  if (io.builtin !== undefined) return checkBuiltin(c, stage, direction, node, io.builtin, builtins);
  if (attribute(c, node, Attribute.BUILTIN) !== NONE) return false;
  if (io.location === NONE) {
    if (attribute(c, node, Attribute.LOCATION) === NONE)
      c.error("W0249", node, `${direction === "input" ? "an input" : "an output"} of an entry point needs @builtin or @location`);
    return false;
  }
  if (stage === "compute") {
    c.error("W0247", node, "a compute entry point has no user-defined inputs or outputs");
    return false;
  }
  if (io.blendSrc !== NONE && !canBlend(stage, direction)) return false;
  const between = (stage === "vertex" && direction === "output") || (stage === "fragment" && direction === "input");
  const scalar = c.types.scalarOf(datum.type);
  if (between && c.types.isIntegerScalar(scalar) && io.interpolation !== "flat") {
    c.error("W0248", node, "an integer between vertex and fragment stage needs '@interpolate(flat)'");
  }
  return true;
}

function checkBuiltin(
  c: CheckContext,
  stage: StageName,
  direction: "input" | "output",
  node: NodeId,
  name: string,
  builtins: Map<string, NodeId>,
): boolean {
  const fits = BUILTIN_VALUES.get(name)!.some((v) => v.stage === stage && v.direction === direction);
  if (!fits) {
    c.error("W0246", node, `'${name}' is no ${direction} of a ${stage} entry point`);
    return false;
  }
  const first = builtins.get(name);
  if (first !== undefined) {
    c.error("W0246", node, `the builtin value '${name}' is used twice`, [{ message: "first used here", span: c.ast.span(first) }]);
    return false;
  }
  builtins.set(name, node);
  return true;
}

function toStageIo(c: CheckContext, datum: Datum, io: IoAttributes): StageIo {
  const isFloat = c.types.isFloatScalar(c.types.scalarOf(datum.type));
  return {
    param: datum.param,
    member: datum.member,
    name: datum.name,
    type: datum.type,
    builtin: io.builtin,
    location: io.location,
    blendSrc: io.blendSrc,
    interpolation: io.interpolation ?? (isFloat ? "perspective" : "flat"),
    sampling: io.sampling ?? (isFloat ? "center" : "first"),
    invariant: io.invariant,
  };
}
