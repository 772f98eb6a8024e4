/** Random small compute shaders that do little but reach memory, in all the ways that WGSL has: what miscompiles show in. */
import { generate, text } from "../../fuzz/statements.ts";
import { below, pick, randoms } from "../random.ts";

/** Sizes of variables: powers of two, whose indices are masked, and others. */
const headOf = (next: () => number) => `struct Pair { a: u32, b: array<u32, 3>, c: vec2u }
@group(0) @binding(0) var<storage, read_write> open: array<u32>;
@group(0) @binding(1) var<storage, read_write> fixed: array<u32, ${pick(next, [1, 5, 16, 24, 32, 100])}>;
@group(0) @binding(2) var<storage, read> input: array<vec4u, ${pick(next, [1, 3, 4])}>;
@group(0) @binding(3) var<uniform> settings: array<vec4u, ${pick(next, [2, 3, 8])}>;
@group(0) @binding(4) var<storage, read_write> pairs: array<Pair>;
@group(0) @binding(5) var<storage, read_write> counts: array<atomic<u32>, ${pick(next, [1, 4, 5])}>;
var<workgroup> tile: array<u32, ${pick(next, [32, 33, 7])}>;
var<workgroup> grid: array<array<u32, ${pick(next, [4, 5])}>, ${pick(next, [2, 6])}>;
var<workgroup> votes: array<atomic<u32>, ${pick(next, [3, 4])}>;
var<private> own: array<u32, ${pick(next, [2, 7, 8])}>;
const table = array<u32, 9>(3, 1, 4, 1, 5, 9, 2, 6, 5);
struct Box { m: array<vec3u, 3>, n: u32 }
@group(0) @binding(6) var<storage, read_write> boxes: array<Box, 2>;
fn bump(p: ptr<function, array<u32, 4>>, at: u32, by: u32) -> u32 { (*p)[at] += by; return (*p)[by & 3u]; }
fn turn(x: u32, y: u32) -> u32 {
  var t = array<u32, 4>(y, x, y, x);
  switch x & 7u { case 0u: { return bump(&t, y, x); } case 1u, 3u: { t[x] = y; } case 5u: { t[y] = x; return t[x + y]; } default: { t[3] += x; } }
  return t[y];
}
fn mix(x: u32, y: u32) -> u32 { var t = array<u32, 4>(x, y, x ^ y, x + y); t[y] += 3u; return t[x & 3u] + t[(y >> 1u)]; }
`;

/** Numbers by name: a literal index out of bounds would be an error. */
const NUMBERS: Readonly<Record<string, string>> = {
  zero: "0u",
  one: "1u",
  two: "2u",
  seven: "7u",
  many: "23u",
  hundred: "100u",
  most: "0xffffffffu",
  half: "0x80000000u",
};

class Writer {
  readonly #next: () => number;
  readonly lines: string[] = [];
  /** names of u32 values in scope */
  readonly #names: string[] = ["i", "g"];
  #depth = 1;
  #count = 0;

  constructor(next: () => number) {
    this.#next = next;
  }

  line(text: string): void {
    this.lines.push(`${"  ".repeat(this.#depth)}${text}`);
  }

  value(depth = 2): string {
    if (depth === 0 || below(this.#next, 4) === 0) {
      return pick(this.#next, below(this.#next, 3) === 0 ? Object.keys(NUMBERS) : this.#names);
    }
    const a = () => this.value(depth - 1);
    switch (below(this.#next, 12)) {
      case 0:
        return `(${a()} + ${a()})`;
      case 1:
        return `(${a()} * ${pick(this.#next, ["2u", "3u", "4u", "12u"])})`;
      case 2:
        return `(${a()} % ${pick(this.#next, ["3u", "8u", "24u", a()])})`;
      case 3:
        return `min(${a()}, ${a()})`;
      case 4:
        return `(${a()} & ${pick(this.#next, ["7u", "15u", "31u"])})`;
      case 5:
        return `mix(${a()}, ${a()})`;
      case 6:
        return `u32(i32(${a()}) - ${1 + below(this.#next, 9)})`;
      case 7:
        return `select(${a()}, ${a()}, ${a()} < ${a()})`;
      case 8:
        return `turn(${a()}, ${a()})`;
      default:
        return this.load(depth - 1);
    }
  }

  load(depth: number): string {
    const at = () => this.value(depth);
    switch (below(this.#next, 11)) {
      case 9:
        return `boxes[${at()}].m[${at()}].${pick(this.#next, ["x", "z"])}`;
      case 10:
        return `boxes[${at()}].m[${at()}][${at()}]`;
      case 0:
        return `open[${at()}]`;
      case 1:
        return `fixed[${at()}]`;
      case 2:
        return `input[${at()}].${pick(this.#next, ["x", "y", "z", "w"])}`;
      case 3:
        return `settings[${at()}][${at()}]`;
      case 4:
        return `pairs[${at()}].${pick(this.#next, ["a", `b[${at()}]`, "c.y"])}`;
      case 5:
        return `tile[${at()}]`;
      case 6:
        return `grid[${at()}][${at()}]`;
      case 7:
        return `own[${at()}]`;
      default:
        return `table[${at()}]`;
    }
  }

  place(): string {
    const at = () => this.value(1);
    const places = [`open[${at()}]`, `fixed[${at()}]`, `pairs[${at()}].b[${at()}]`, `pairs[${at()}].a`, `tile[${at()}]`, `own[${at()}]`];
    places.push(`boxes[${at()}].m[${at()}].y`, `boxes[${at()}].n`);
    return pick(this.#next, [...places, `grid[${at()}][${at()}]`, `open[arrayLength(&open) - 1u - ${at()}]`]);
  }

  block(statements: number): void {
    const known = this.#names.length;
    for (let k = 0; k < statements; k++) this.statement();
    this.#names.length = known;
  }

  statement(): void {
    const what = below(this.#next, this.#depth < 4 ? 14 : 9);
    if (what < 3) {
      const name = `x${this.#count++}`;
      this.line(`${below(this.#next, 2) === 0 ? "let" : "var"} ${name} = ${this.value(3)};`);
      this.#names.push(name);
    } else if (what < 7) this.line(`${this.place()} = ${this.value()};`);
    else if (what === 7)
      this.line(
        `atomic${pick(this.#next, ["Add", "Max", "Xor"])}(&${pick(this.#next, ["counts", "votes"])}[${this.value(1)}], ${this.value(1)});`,
      );
    else if (what === 8) this.line(`pairs[${this.value(1)}].c = vec2u(${this.value(1)}, ${this.value(1)});`);
    else if (what < 10) this.branch();
    else if (what === 10) this.choice();
    else if (what < 13) this.loop();
    else if (this.#depth === 1) this.line("workgroupBarrier();");
  }

  branch(): void {
    this.line(`if ${this.value(1)} ${pick(this.#next, ["<", ">", "=="])} ${this.value(1)} {`);
    this.#nested(2);
    if (below(this.#next, 2) === 0) {
      this.line("} else {");
      this.#nested(2);
    }
    this.line("}");
  }

  choice(): void {
    this.line(`switch ${this.value(1)} & 3u {`);
    for (const label of ["case 0u", pick(this.#next, ["case 1u, 2u", "case 3u"]), "default"]) {
      this.line(`${label}: {`);
      this.#nested(1);
      this.line("}");
    }
    this.line("}");
  }

  loop(): void {
    const name = `k${this.#count++}`;
    this.line(`for (var ${name} = 0u; ${name} < ${pick(this.#next, ["3u", "9u", "(i & 3u)"])}; ${name}++) {`);
    this.#names.push(name);
    if (below(this.#next, 3) === 0) this.line(`  if ${name} > ${this.value(1)} { ${pick(this.#next, ["break", "continue"])}; }`);
    this.#nested(2);
    this.line("}");
    this.#names.pop();
  }

  #nested(statements: number): void {
    this.#depth++;
    this.block(statements);
    this.#depth--;
  }
}

/** A valid shader with entry point `main`. */
function faultyPathShader(next: () => number): string {
  const size = pick(next, [1, 3, 4, 7, 8, 16, 20]);
  const w = new Writer(next);
  w.block(5 + below(next, 6));
  const parameters = "@builtin(local_invocation_index) i: u32, @builtin(workgroup_id) group: vec3u";
  const numbers = Object.entries(NUMBERS).map(([name, value]) => `let ${name} = ${value};`);
  const body = [`  ${numbers.join(" ")}`, `  let g = group.x + ${size}u;`, ...w.lines].join("\n");
  return `${headOf(next)}@compute @workgroup_size(${size}) fn main(${parameters}) {\n${body}\n}\n`;
}

/** One in so many shaders is of the generator that test/fuzz has, with all types and builtins. */
const OF_FUZZ = 5;

/** The shader of a seed. */
export function shaderOf(seed: number): string {
  return seed % OF_FUZZ === 0 ? text(generate(seed, seed % 2 === 0 ? 0 : 15)) : faultyPathShader(randoms(seed));
}
