/**
 * Which language extensions a checked module makes use of. The checker knows all of them; where some are missing, this says what needs them.
 * One pass over the nodes. `subgroup_uniformity` is not seen here: with it, uniformity analysis has a second scope.
 * @see https://www.w3.org/TR/WGSL/#language-extensions-sec
 */
import type { Span } from "../../support/diagnostic.ts";
import { NONE } from "../../support/id.ts";
import { Attribute, Kind, type NodeId, UnaryOp } from "./ast.ts";
import { builtinName } from "./builtins-notation.ts";
import type { CheckContext } from "./check-context.ts";
import { roundUp } from "./layout.ts";
import { type BuiltinId, DeclKind, Form, type FunctionId } from "./sema.ts";
import { ACCESS, COUNT, FORMATS, SPACE, TEXTURES, type TypeId, TypeKind } from "./types.ts";

const PACKED_DOT: ReadonlySet<string> = new Set(
  "dot4U8Packed dot4I8Packed pack4xI8 pack4xU8 pack4xI8Clamp pack4xU8Clamp unpack4xI8 unpack4xU8".split(" "),
);
/** Texel formats of a storage texture without `texture_formats_tier1`. @see https://www.w3.org/TR/WGSL/#storage-texel-formats */
const BASE_FORMATS: ReadonlySet<string> = new Set(
  "rgba8unorm rgba8snorm rgba8uint rgba8sint rgba16uint rgba16sint rgba16float r32uint r32sint r32float rg32uint rg32sint rg32float rgba32uint rgba32sint rgba32float bgra8unorm".split(
    " ",
  ),
);
const BUILTIN_VALUES: ReadonlyMap<string, string> = new Map([
  ["subgroup_id", "subgroup_id"],
  ["num_subgroups", "subgroup_id"],
  ["global_invocation_index", "linear_indexing"],
  ["workgroup_index", "linear_indexing"],
]);

/** Reports what needs a language extension that is not in `available`. */
export function checkLanguageFeatures(c: CheckContext, available: ReadonlySet<string>): void {
  const use = (feature: string, at: NodeId | Span, what: string) => {
    if (available.has(feature)) return;
    c.error("W0212", at, `${what} needs the language feature '${feature}', which is not available here`);
  };
  new FeatureUses(c, use).visitAll();
}

type Use = (feature: string, at: NodeId | Span, what: string) => void;

class FeatureUses {
  readonly #c: CheckContext;
  readonly #use: Use;

  constructor(c: CheckContext, use: Use) {
    this.#c = c;
    this.#use = use;
  }

  visitAll(): void {
    const { ast } = this.#c;
    for (let node = 0; node <= ast.root; node++) this.#visit(node as NodeId);
    for (const g of this.#c.globals) {
      const name = ast.nameNode(g.node);
      if (g.space === SPACE.immediate) this.#use("immediate_address_space", name, `the 'immediate' address space of '${g.name}'`);
      if (g.space === SPACE.uniform) this.#uniformLayout(g.storeType, name, g.name);
    }
  }

  #visit(node: NodeId): void {
    const c = this.#c;
    const { ast } = c;
    switch (ast.kind(node)) {
      case Kind.IDENT:
        if (c.formOf[node] === Form.TYPE) this.#type(c.typeOf[node] as TypeId, node);
        break;
      case Kind.CALL:
        this.#call(node);
        break;
      case Kind.MEMBER:
      case Kind.INDEX:
        if (c.types.kind(c.usedAs[ast.objectOf(node)] as TypeId) === TypeKind.ptr)
          this.#use("pointer_composite_access", node, "access to a part of a pointer without '*'");
        break;
      case Kind.LET:
        this.#let(node);
        break;
      case Kind.ATTRIBUTE:
        if (ast.attributeCode(node) === Attribute.BUILTIN) this.#builtinValue(node);
        break;
      case Kind.FN:
        this.#parameters(node);
        break;
    }
  }

  #type(t: TypeId, node: NodeId): void {
    const { types } = this.#c;
    if (types.kind(t) === TypeKind.buffer) this.#use("buffer_view", node, `the type '${types.name(t)}'`);
    if (types.kind(t) !== TypeKind.texture || TEXTURES[types.textureKind(t)]!.group !== "storage") return;
    const access = types.access(t);
    if (access !== ACCESS.write) {
      const mode = access === ACCESS.read ? "read" : "read_write";
      this.#use("readonly_and_readwrite_storage_textures", node, `a storage texture with the access mode '${mode}'`);
    }
    const format = FORMATS[types.texelFormat(t)]!.name;
    if (!BASE_FORMATS.has(format)) this.#use("texture_formats_tier1", node, `the texel format '${format}'`);
  }

  #call(node: NodeId): void {
    const c = this.#c;
    const callee = c.ast.calleeOf(node);
    switch (c.formOf[node]) {
      case Form.BUILTIN: {
        const name = builtinName(c.targetOf[node] as BuiltinId);
        if (PACKED_DOT.has(name)) this.#use("packed_4x8_integer_dot_product", callee, `'${name}'`);
        else if (name === "textureBarrier") this.#use("readonly_and_readwrite_storage_textures", callee, `'${name}'`);
        else if (name === "bufferLength") this.#use("buffer_view", callee, `'${name}'`);
        break;
      }
      case Form.BUFFER_VIEW:
        this.#use("buffer_view", callee, `'${c.text(c.ast.symbolOf(callee))}'`);
        break;
      case Form.CALL:
        c.forEach(c.ast.argumentsOf(node), (argument) => {
          if (c.types.kind(c.usedAs[argument] as TypeId) === TypeKind.ptr && !this.#isWhole(argument))
            this.#use("unrestricted_pointer_parameters", argument, "a pointer to a part of a variable as an argument");
        });
        break;
    }
  }

  #let(node: NodeId): void {
    const { types, targetOf, declarations } = this.#c;
    const declaration = declarations[targetOf[node]!];
    if (!declaration) return;
    const kind = types.kind(declaration.type);
    if (kind === TypeKind.texture || kind === TypeKind.sampler || kind === TypeKind.samplerComparison)
      this.#use("texture_and_sampler_let", this.#c.ast.nameNode(node), `'let' with the type '${types.name(declaration.type)}'`);
  }

  #builtinValue(attribute: NodeId): void {
    const c = this.#c;
    const args = c.ast.argumentsOf(attribute);
    const name = c.text(c.ast.symbolOf(c.ast.listItem(args, 0)));
    const feature = BUILTIN_VALUES.get(name);
    if (feature !== undefined) this.#use(feature, attribute, `the builtin value '${name}'`);
    if (name === "frag_depth" && c.ast.listLength(args) > 1) this.#use("fragment_depth", attribute, "a depth mode");
  }

  /** Pointer parameters are to `function` and `private`, unless restrictions are off. */
  #parameters(node: NodeId): void {
    const { types, functions, targetOf, ast } = this.#c;
    const fn = functions[targetOf[node] as FunctionId];
    for (const param of fn?.params ?? []) {
      if (types.kind(param.type) !== TypeKind.ptr) continue;
      const space = types.space(param.type);
      if (space !== SPACE.function && space !== SPACE.private)
        this.#use("unrestricted_pointer_parameters", ast.nameNode(param.node), `a parameter of type '${types.name(param.type)}'`);
    }
  }

  /** Whether a pointer is to all of its root identifier, by way of any `let`. */
  #isWhole(pointer: NodeId): boolean {
    const { ast, formOf, targetOf, declarations } = this.#c;
    let at = pointer;
    // each step goes to a smaller node, or by a `let` to an earlier one
    for (;;) {
      switch (ast.kind(at)) {
        case Kind.UNARY:
          if (ast.unaryOp(at) !== UnaryOp.ADDRESS_OF && ast.unaryOp(at) !== UnaryOp.DEREF) return false;
          at = ast.operandOf(at);
          break;
        case Kind.IDENT: {
          const declaration = formOf[at] === Form.DECLARATION ? declarations[targetOf[at]!] : undefined;
          if (declaration?.kind !== DeclKind.LET) return true;
          at = ast.initializerOf(declaration.node);
          break;
        }
        default:
          return false;
      }
      if (at === (NONE as number)) return true;
    }
  }

  /** @see https://www.w3.org/TR/WGSL/#address-space-layout-constraints */
  #uniformLayout(root: TypeId, at: NodeId, name: string): void {
    const { types } = this.#c;
    const seen = new Set([root]);
    const wrong = (what: string) => this.#use("uniform_buffer_standard_layout", at, `the layout of '${name}', in which ${what},`);
    // A Set iterates over what is added meanwhile.
    for (const t of seen) {
      if (types.kind(t) === TypeKind.array) {
        if (types.countKind(t) !== COUNT.runtime && types.strideOf(t) % 16 !== 0)
          return wrong(`elements of '${types.name(t)}' are ${types.strideOf(t)} bytes apart, not a multiple of 16`);
        seen.add(types.element(t));
      } else if (types.kind(t) === TypeKind.struct) {
        const { members } = types.struct(t);
        for (const [i, m] of members.entries()) {
          const isComposite = types.kind(m.type) === TypeKind.struct || types.kind(m.type) === TypeKind.array;
          if (isComposite && m.offset % 16 !== 0) return wrong(`'${m.name}' is at offset ${m.offset}, not a multiple of 16`);
          const next = members[i + 1];
          const room = roundUp(16, types.sizeOf(m.type));
          if (types.kind(m.type) === TypeKind.struct && next && next.offset - m.offset < room)
            return wrong(`'${next.name}' is ${next.offset - m.offset} bytes after the structure '${m.name}', less than ${room}`);
          seen.add(m.type);
        }
      }
    }
  }
}
