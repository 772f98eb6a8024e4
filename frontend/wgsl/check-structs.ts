/** Structure and alias declarations. @see https://www.w3.org/TR/WGSL/#struct-types */
import { NONE } from "../../support/id.ts";
import { Attribute, Kind, type NodeId } from "./ast.ts";
import { attribute, attributeInt, checkAttributes } from "./check-attributes.ts";
import type { CheckContext } from "./check-context.ts";
import { checkMemberLocations, IO_ATTRIBUTES, readIo } from "./check-io.ts";
import { checkDepth, typeSpecifier } from "./check-types.ts";
import { layoutStruct, MAX_BYTE_SIZE, type MemberShape } from "./layout.ts";
import { COUNT, ERROR, type Member, type TypeId, TypeKind } from "./types.ts";

/** Dawn's limit. */
const MAX_MEMBERS = 16_383;
const MEMBER_ATTRIBUTES: readonly Attribute[] = [...IO_ATTRIBUTES, Attribute.ALIGN, Attribute.SIZE, Attribute.BLEND_SRC];

export function aliasDeclaration(c: CheckContext, node: NodeId): void {
  c.typeOf[node] = typeSpecifier(c, c.ast.typeOf(node));
}

export function structDeclaration(c: CheckContext, node: NodeId): void {
  const { ast } = c;
  const nodes: NodeId[] = [];
  c.forEach(ast.membersOf(node), (member) => {
    if (ast.kind(member) === Kind.MEMBER_DECL && ast.kind(ast.nameNode(member)) === Kind.NAME) nodes.push(member);
  });
  if (nodes.length > MAX_MEMBERS) c.error("W0312", node, `a structure may have ${MAX_MEMBERS} members, but this has ${nodes.length}`);
  checkNames(c, nodes);
  const types = nodes.map((member, i) => memberType(c, member, i === nodes.length - 1));
  if (nodes.length === 0 || types.includes(ERROR)) return;
  const shapes = nodes.map((member, i) => memberShape(c, member, types[i]!));
  if (shapes.includes(undefined)) return;
  const layout = layoutStruct(shapes as MemberShape[]);
  if (layout.size > MAX_BYTE_SIZE) {
    c.error("W0217", ast.nameNode(node), `this structure would be ${layout.size} bytes, more than ${MAX_BYTE_SIZE}`);
    return;
  }
  const members: Member[] = nodes.map((member, i) => ({
    name: c.text(ast.nameSymbol(member)),
    type: types[i]!,
    offset: layout.offsets[i]!,
    align: layout.aligns[i]!,
    size: layout.sizes[i]!,
  }));
  const name = ast.kind(ast.nameNode(node)) === Kind.NAME ? c.text(ast.nameSymbol(node)) : "";
  const type = c.types.addStruct(name, members, layout.align, layout.size);
  c.memberNodes.set(type, nodes);
  checkMemberLocations(c, nodes);
  c.typeOf[node] = checkDepth(c, ast.nameNode(node), type);
}

function checkNames(c: CheckContext, nodes: readonly NodeId[]): void {
  const { ast } = c;
  const seen = new Map<number, NodeId>();
  for (const member of nodes) {
    const symbol = ast.nameSymbol(member);
    const first = seen.get(symbol);
    if (first === undefined) seen.set(symbol, member);
    else {
      c.error("W0216", ast.nameNode(member), `this structure has two members named '${c.text(symbol)}'`, [
        { message: "the other is here", span: ast.span(ast.nameNode(first)) },
      ]);
    }
  }
}

function memberType(c: CheckContext, node: NodeId, isLast: boolean): TypeId {
  const { types } = c;
  checkAttributes(c, node, "a structure member", MEMBER_ATTRIBUTES);
  const type = typeSpecifier(c, c.ast.typeOf(node));
  c.typeOf[node] = type;
  readIo(c, node, type);
  if (type === ERROR) return ERROR;
  const fault = memberFault(c, type, isLast);
  if (fault === undefined) return type;
  c.error("W0215", c.ast.typeOf(node), `'${types.name(type)}' cannot be the type of a structure member: ${fault}`);
  return ERROR;
}

function memberFault(c: CheckContext, type: TypeId, isLast: boolean): string | undefined {
  const { types } = c;
  if (!types.isPlain(type)) return "it must be made of scalars";
  if (types.hasCreationFixedFootprint(type)) return undefined;
  if (types.kind(type) === TypeKind.array && types.countKind(type) === COUNT.runtime) {
    return isLast ? undefined : "a runtime-sized array must be the last member";
  }
  return "its size must be known when the module is made";
}

/** @align and @size. @see https://www.w3.org/TR/WGSL/#align-attr */
function memberShape(c: CheckContext, node: NodeId, type: TypeId): MemberShape | undefined {
  const { types } = c;
  const [typeAlign, typeSize] = [types.alignOf(type), types.sizeOf(type)];
  const [alignAt, sizeAt] = [attribute(c, node, Attribute.ALIGN), attribute(c, node, Attribute.SIZE)];
  const align = alignAt === NONE ? typeAlign : attributeInt(c, alignAt, 1, 0xffff_ffff);
  const size = sizeAt === NONE ? typeSize : attributeInt(c, sizeAt, 1, 0xffff_ffff);
  if (align === undefined || size === undefined) return undefined;
  if ((align & (align - 1)) !== 0 || align % typeAlign !== 0) {
    const why = align % typeAlign === 0 ? "it must be a power of two" : `'${c.name(type)}' needs a multiple of ${typeAlign}`;
    c.error("W0243", alignAt, `an alignment of ${align} is not allowed: ${why}`);
    return undefined;
  }
  if (sizeAt !== NONE && !types.hasCreationFixedFootprint(type)) {
    c.error("W0243", sizeAt, "@size needs a member whose size is known when the module is made");
    return undefined;
  }
  if (size < typeSize) {
    c.error("W0243", sizeAt, `a size of ${size} is too small: '${c.name(type)}' needs ${typeSize}`);
    return undefined;
  }
  return { typeAlign, typeSize, alignAttribute: align, sizeAttribute: size };
}
