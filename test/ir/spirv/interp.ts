/**
 * Runs a SPIR-V module, one invocation, and is strict: whatever SPIR-V leaves undefined (division by zero, shifts by 32, indices past the end,
 * floats that no integer holds) throws. So a module that runs here and gives what the IR gives has made every operation total.
 * Arithmetic by name is that of `../interp.ts`; buffers are blocks of 32-bit words, variables nested arrays.
 */

import type { OpName } from "../../../ir/ops.ts";
import { GLSL, type GlslName, type SpvName } from "../../../ir/spirv/grammar.ts";
import { instructions } from "../../../ir/spirv/print.ts";
import { halfOf, ofHalf } from "../half.ts";
import { type Data, OutOfFuel, SCALAR, WHOLE } from "../interp.ts";

/** Operands of an instruction, without the opcode. */
interface Code {
  readonly name: SpvName;
  readonly a: Uint32Array;
}
interface Type {
  readonly kind: "void" | "bool" | "int" | "f32" | "f16" | "vector" | "composite" | "runtime" | "pointer" | "function";
  /** components, elements, members */
  readonly parts: readonly number[];
}
type Cell = { value: Data };
interface Pointer {
  readonly cell: Cell;
  readonly path: readonly number[];
}
type Value = Data | Pointer;
const GLSL_NAMES = new Map(Object.entries(GLSL).map(([name, n]) => [n as number, name as GlslName]));

const view = new DataView(new ArrayBuffer(4));
const f32 = (bits: number) => {
  view.setUint32(0, bits);
  return view.getFloat32(0);
};
const bitsOf = (x: number) => {
  view.setFloat32(0, x);
  return view.getUint32(0);
};

class Undefined extends Error {}

export class SpirvInterpreter {
  readonly #types = new Map<number, Type>();
  readonly #globals = new Map<number, Value>();
  /** contents of module variables by name, and the first instruction of functions by id */
  readonly #cells = new Map<string, Cell>();
  readonly #functions = new Map<number, Code[]>();
  #entry = 0;
  fuel = 2_000_000;

  /** @param buffers words by variable name; the cells are changed */
  constructor(words: Uint32Array, buffers: ReadonlyMap<string, Uint32Array>) {
    const names = new Map<number, string>();
    let body: Code[] | null = null;
    for (const { name, at, count } of instructions(words)) {
      const a = words.subarray(at + 1, at + count);
      if (name === undefined) throw new Error("an unknown instruction");
      if (name === "Name") names.set(a[0]!, text(a.subarray(1)));
      else if (name === "EntryPoint") this.#entry = a[1]!;
      else if (name === "Function") {
        body = [];
        this.#functions.set(a[1]!, body);
      } else if (body) body.push({ name, a });
      else this.#global(name, a, names, buffers);
    }
  }
  buffer(name: string): readonly number[] {
    return (this.#cells.get(name)!.value as readonly (readonly number[])[])[0]!;
  }
  run(): void {
    this.#call(this.#entry, []);
  }

  #global(name: SpvName, a: Uint32Array, names: ReadonlyMap<number, string>, buffers: ReadonlyMap<string, Uint32Array>): void {
    if (name.startsWith("Type")) this.#types.set(a[0]!, this.#type(name, a));
    else if (name === "Variable") {
      const pointee = this.#types.get(a[0]!)!.parts[0]!;
      const called = names.get(a[1]!) ?? "";
      const buffer = a[2] === 12 ? buffers.get(called) : undefined;
      const initial = a.length > 3 ? (this.#globals.get(a[3]!) as Data) : this.#zero(pointee);
      const cell: Cell = { value: buffer ? [[...buffer]] : initial };
      if (buffer) this.#cells.set(called, cell);
      this.#globals.set(a[1]!, { cell, path: [] });
    } else if (name === "ConstantTrue") this.#globals.set(a[1]!, 1);
    else if (name === "ConstantFalse") this.#globals.set(a[1]!, 0);
    else if (name === "Constant") this.#globals.set(a[1]!, this.#types.get(a[0]!)!.kind === "f16" ? bitsOf(ofHalf(a[2]!)) : a[2]!);
    else if (name === "ConstantComposite")
      this.#globals.set(
        a[1]!,
        [...a.subarray(2)].map((id) => this.#globals.get(id) as Data),
      );
    else if (name === "ConstantNull" || name === "Undef") this.#globals.set(a[1]!, this.#zero(a[0]!));
  }
  #type(name: SpvName, a: Uint32Array): Type {
    switch (name) {
      case "TypeBool":
        return { kind: "bool", parts: [] };
      case "TypeInt":
        return { kind: "int", parts: [] };
      case "TypeFloat":
        return { kind: a[1] === 16 ? "f16" : "f32", parts: [] };
      case "TypeVector":
        return { kind: "vector", parts: new Array<number>(a[2]!).fill(a[1]!) };
      case "TypeMatrix":
        return { kind: "composite", parts: new Array<number>(a[2]!).fill(a[1]!) };
      case "TypeArray":
        return { kind: "composite", parts: new Array<number>(this.#globals.get(a[2]!) as number).fill(a[1]!) };
      case "TypeStruct":
        return { kind: "composite", parts: [...a.subarray(1)] };
      case "TypeRuntimeArray":
        return { kind: "runtime", parts: [] };
      case "TypePointer":
        return { kind: "pointer", parts: [a[2]!] };
      default:
        return { kind: name === "TypeFunction" ? "function" : "void", parts: [] };
    }
  }
  #zero(type: number): Data {
    const { kind, parts } = this.#types.get(type)!;
    return kind === "vector" || kind === "composite" ? parts.map((p) => this.#zero(p)) : kind === "runtime" ? [] : 0;
  }

  #call(f: number, args: readonly Value[]): Value {
    const body = this.#functions.get(f)!;
    const values = new Map<number, Value>();
    const labels = new Map(body.map(({ name, a }, i) => (name === "Label" ? [a[0]!, i] : [0, 0])));
    let params = 0;
    let from = 0;
    let block = 0;
    for (let i = 0; ; i++) {
      if (--this.fuel < 0) throw new OutOfFuel();
      const { name, a } = body[i]!;
      const get = (id: number): Value => {
        const v = values.get(id) ?? this.#globals.get(id);
        if (v === undefined) throw new Error(`id ${id} is used before it is defined`);
        return v;
      };
      const jump = (label: number) => {
        from = block;
        i = labels.get(label)! - 1;
      };
      switch (name) {
        case "Label": {
          block = a[0]!;
          // phis read their values at once
          const phis: [number, Value][] = [];
          for (let k = i + 1; body[k]!.name === "Phi"; k++) {
            const p = body[k]!.a;
            let at = 2;
            while (at < p.length && p[at + 1] !== from) at += 2;
            if (at >= p.length) throw new Error(`a phi of block ${block} has nothing for ${from}`);
            phis.push([p[1]!, get(p[at]!)]);
          }
          for (const [id, v] of phis) values.set(id, v);
          break;
        }
        case "Phi":
        case "LoopMerge":
        case "SelectionMerge":
          break;
        case "FunctionParameter":
          values.set(a[1]!, args[params++]!);
          break;
        case "Branch":
          jump(a[0]!);
          break;
        case "BranchConditional":
          jump(get(a[0]!) === 0 ? a[2]! : a[1]!);
          break;
        case "Switch": {
          const selector = get(a[0]!);
          let to = a[1]!;
          for (let k = 2; k < a.length; k += 2) if (a[k] === selector) to = a[k + 1]!;
          jump(to);
          break;
        }
        case "Return":
        case "Kill":
          return 0;
        case "ReturnValue":
          return get(a[0]!);
        case "Unreachable":
          throw new Undefined("reached OpUnreachable");
        case "Store": {
          const { cell, path } = get(a[0]!) as Pointer;
          cell.value = write(cell.value, path, get(a[1]!) as Data);
          break;
        }
        case "FunctionCall":
          values.set(
            a[1]!,
            this.#call(
              a[2]!,
              [...a.subarray(3)].map((id) => get(id)),
            ),
          );
          break;
        case "Variable":
          values.set(a[1]!, { cell: { value: get(a[3]!) as Data }, path: [] });
          break;
        default:
          values.set(a[1]!, this.#instruction(name, a, get));
      }
    }
  }

  #instruction(name: SpvName, a: Uint32Array, get: (id: number) => Value): Value {
    const type = this.#types.get(a[0]!)!;
    const operands = () => [...a.subarray(2)].map((id) => get(id) as Data);
    switch (name) {
      case "AccessChain": {
        const { cell, path } = get(a[2]!) as Pointer;
        return { cell, path: [...path, ...[...a.subarray(3)].map((id) => get(id) as number)] };
      }
      case "Load": {
        const { cell, path } = get(a[2]!) as Pointer;
        return read(cell.value, path);
      }
      case "ArrayLength":
        return (read((get(a[2]!) as Pointer).cell.value, [a[3]!]) as readonly Data[]).length;
      case "CompositeConstruct":
        return type.kind === "vector" ? (operands().flat() as Data) : operands();
      case "CompositeExtract":
        return read(get(a[2]!) as Data, [...a.subarray(3)]);
      case "CompositeInsert":
        return write(get(a[3]!) as Data, [...a.subarray(4)], get(a[2]!) as Data);
      case "VectorShuffle": {
        const both = [...(get(a[2]!) as readonly Data[]), ...(get(a[3]!) as readonly Data[])];
        return [...a.subarray(4)].map((k) => read(both, [k]));
      }
      case "VectorExtractDynamic":
        return read(get(a[2]!) as Data, [get(a[3]!) as number]);
      case "VectorInsertDynamic":
        return write(get(a[2]!) as Data, [get(a[4]!) as number], get(a[3]!) as Data);
      case "UMulExtended": {
        const [x, y] = operands() as number[];
        const product = BigInt(x!) * BigInt(y!);
        return [Number(product & 0xffffffffn), Number(product >> 32n)];
      }
      case "ExtInst":
        return this.#arithmetic(
          GLSL_NAMES.get(a[3]!)!,
          a[0]!,
          [...a.subarray(4)].map((id) => get(id) as Data),
        );
      default:
        return this.#arithmetic(name, a[0]!, operands());
    }
  }
  #arithmetic(name: SpvName | GlslName, type: number, args: readonly Data[]): Data {
    const meaning = WHOLE[name as OpName];
    const round = this.#isHalf(type) ? (bits: number) => bitsOf(ofHalf(halfOf(f32(bits)))) : (bits: number) => bits >>> 0;
    if (meaning) return each(meaning(args, this.#isFloat(type)), round);
    const scalar = SCALAR[name as OpName];
    if (!scalar) throw new Error(`the interpreter does not know ${name}`);
    // the field's place and the scalars beside vectors are the same for every component
    const apply = (list: readonly Data[]): Data => {
      const vector = list.find((d): d is readonly Data[] => Array.isArray(d));
      if (vector) return vector.map((_, i) => apply(list.map((d) => (Array.isArray(d) ? d[i]! : d) as Data)));
      strict(name, list as readonly number[]);
      return round(scalar(...(list as readonly number[])));
    };
    return apply(args);
  }
  #leaf(type: number): Type {
    let t = this.#types.get(type)!;
    while (t.parts.length > 0) t = this.#types.get(t.parts[0]!)!;
    return t;
  }
  #isHalf(type: number): boolean {
    return this.#leaf(type).kind === "f16";
  }
  #isFloat(type: number): boolean {
    return this.#isHalf(type) || this.#leaf(type).kind === "f32";
  }
}

/** Throws where SPIR-V says nothing about the result. */
function strict(name: string, x: readonly number[]): void {
  const bad = () => {
    throw new Undefined(`Op${name} of ${x.join(", ")} is undefined`);
  };
  const [a, b] = x as [number, number];
  if ((name === "UDiv" || name === "UMod") && b === 0) bad();
  if ((name === "SDiv" || name === "SRem") && (b === 0 || (a === 0x80000000 && b === 0xffffffff))) bad();
  if (name.startsWith("Shift") && b >= 32) bad();
  if (name.startsWith("BitField") && x[x.length - 1]! + x[x.length - 2]! > 32) bad();
  if (name === "ConvertFToS" && !(Math.trunc(f32(a)) >= -(2 ** 31) && Math.trunc(f32(a)) < 2 ** 31)) bad();
  if (name === "ConvertFToU" && !(Math.trunc(f32(a)) >= 0 && Math.trunc(f32(a)) < 2 ** 32)) bad();
}
function read(from: Data, path: readonly number[]): Data {
  let d = from;
  for (const i of path) {
    const part: Data | undefined = (d as readonly Data[])[i];
    if (part === undefined) throw new Undefined(`index ${i} is outside`);
    d = part;
  }
  return d;
}
function write(into: Data, path: readonly number[], part: Data): Data {
  if (path.length === 0) return part;
  const parts = into as readonly Data[];
  if (path[0]! >= parts.length) throw new Undefined(`index ${path[0]} is outside`);
  return parts.with(path[0]!, write(parts[path[0]!]!, path.slice(1), part));
}
const each = (d: Data, f: (x: number) => number): Data => (typeof d === "number" ? f(d) : (d as readonly Data[]).map((x) => each(x, f)));
function text(words: Uint32Array): string {
  let out = "";
  for (const word of words)
    for (let s = 0; s < 32; s += 8) {
      const c = (word >>> s) & 0xff;
      if (c === 0) return out;
      out += String.fromCharCode(c);
    }
  return out;
}
