/** bufferView and bufferArrayView: other types over the bytes of a buffer. @see https://www.w3.org/TR/WGSL/#buffer-view-builtin-functions */
import { NONE } from "../../support/id.ts";
import type { NodeId } from "./ast.ts";
import type { CheckContext } from "./check-context.ts";
import { typeSpecifier } from "./check-types.ts";
import { ExprKind, Form } from "./sema.ts";
import { COUNT, ERROR, type TypeId, TypeKind, type TypeTable } from "./types.ts";

interface Args {
  readonly nodes: readonly NodeId[];
  readonly types: readonly TypeId[];
  readonly hasError: boolean;
}

export function checkBufferView(c: CheckContext, node: NodeId, name: string, args: Args): TypeId {
  const { ast, types } = c;
  const templates = ast.templateArgumentsOf(ast.calleeOf(node));
  const isArrayView = name === "bufferArrayView";
  const count = isArrayView ? 3 : 2;
  if (ast.listLength(templates) !== 1 || args.nodes.length !== count) {
    c.error(
      "W0262",
      node,
      `'${name}' takes one type and ${count} arguments: a pointer to a buffer${isArrayView ? ", an offset and a size" : " and an offset"}`,
    );
    return c.fail(node);
  }
  const view = typeSpecifier(c, ast.listItem(templates, 0));
  if (view === ERROR || args.hasError) return c.fail(node);
  const [pointer, ...numbers] = args.nodes;
  const buffer = types.kind(args.types[0]!) === TypeKind.ptr ? types.element(args.types[0]!) : ERROR;
  if (types.kind(buffer) !== TypeKind.buffer) {
    c.error("W0262", pointer!, `'${name}' needs a pointer to a buffer, not '${c.name(args.types[0]!)}'`);
    return c.fail(node);
  }
  if (
    !types.isHostShareable(view) ||
    types.containsAtomic(view) ||
    types.kind(view) === TypeKind.buffer ||
    (isArrayView && types.hasFixedFootprint(view))
  ) {
    c.error("W0262", node, `the bytes of a buffer cannot be viewed as '${c.name(view)}' by '${name}'`);
    return c.fail(node);
  }
  for (const number of numbers) {
    if (!types.isIntegerScalar(c.used(number))) {
      c.error("W0262", number, `an offset or size is an integer, not '${c.name(c.used(number))}'`);
      return c.fail(node);
    }
    c.concretize(number);
  }
  checkKnown(c, node, view, buffer, numbers);
  return c.set(node, types.ptr(view, types.space(args.types[0]!), types.access(args.types[0]!)), ExprKind.RUNTIME, NONE, Form.BUFFER_VIEW);
}

/** Rules about offset and size where they are known. */
function checkKnown(c: CheckContext, node: NodeId, view: TypeId, buffer: TypeId, [offsetNode, sizeNode]: readonly NodeId[]): void {
  const { types } = c;
  const known = (at: NodeId | undefined) => (at === undefined || c.value(at) === NONE ? undefined : c.values.numberAt(c.value(at), 0));
  const [offset, size] = [known(offsetNode), known(sizeNode)];
  const least = minTypeSize(types, view);
  const fail = (at: NodeId, why: string) => c.error("W0276", at, why);
  if (offset !== undefined && offset < 0) return fail(offsetNode!, `the offset ${offset} is negative`);
  if (offset !== undefined && offset % types.alignOf(view) !== 0) {
    return fail(offsetNode!, `the offset ${offset} is not a multiple of ${types.alignOf(view)}, the alignment of '${c.name(view)}'`);
  }
  if (size !== undefined && size < least)
    return fail(sizeNode!, `'${c.name(view)}' needs at least ${least} bytes, but the size is ${size}`);
  if (size !== undefined && (size - arrayOffset(types, view)) % arrayStride(types, view) !== 0) {
    return fail(sizeNode!, `the size ${size} is not a whole number of elements of '${c.name(view)}'`);
  }
  if (types.countKind(buffer) !== COUNT.constant) return;
  const end = (offset ?? 0) + (size ?? least);
  if (end > types.count(buffer)) fail(node, `the view ends at byte ${end}, past the buffer's ${types.count(buffer)}`);
}

function lastArray(types: TypeTable, t: TypeId): TypeId {
  if (types.kind(t) !== TypeKind.struct) return t;
  const { members } = types.struct(t);
  return members[members.length - 1]!.type;
}
function isRuntimeSized(types: TypeTable, t: TypeId): boolean {
  const last = lastArray(types, t);
  return types.kind(last) === TypeKind.array && types.countKind(last) === COUNT.runtime;
}
function arrayStride(types: TypeTable, t: TypeId): number {
  return isRuntimeSized(types, t) ? types.strideOf(lastArray(types, t)) : 1;
}
/** Offset of the runtime-sized array that ends a structure, else 0. */
export function arrayOffset(types: TypeTable, t: TypeId): number {
  if (types.kind(t) !== TypeKind.struct || !isRuntimeSized(types, t)) return 0;
  const { members } = types.struct(t);
  return members[members.length - 1]!.offset;
}
/** Bytes a binding of this type needs at least: one element of a runtime-sized array. @see https://www.w3.org/TR/WGSL/#minimum-binding-size */
export function minTypeSize(types: TypeTable, t: TypeId): number {
  return isRuntimeSized(types, t) ? arrayOffset(types, t) + arrayStride(types, t) : types.sizeOf(t);
}
