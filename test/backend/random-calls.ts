/** Random WGSL programs of functions that call each other, in divergent flow, in loops, with pointers and early returns. They end, and race for nothing. */
import { rng } from "../ir/generate.ts";

interface Fn {
  readonly name: string;
  /** kinds of parameters: letters of `PARAMS` */
  readonly params: string;
  readonly result: string;
  readonly barrier: boolean;
}

const PARAMS: Readonly<Record<string, string>> = {
  u: "u32",
  v: "vec3u",
  s: "S",
  b: "bool",
  p: "ptr<function, u32>",
  a: "ptr<function, array<u32, 4>>",
  q: "ptr<private, u32>",
  w: "ptr<workgroup, array<u32, 4>>",
};
const RESULTS: Readonly<Record<string, string>> = { u: "u32", v: "vec3u", s: "S", "": "" };

export function randomCalls(seed: number, workgroup: number): string {
  return new Generator(seed, workgroup).program();
}

class Generator {
  readonly #random: () => number;
  readonly #workgroup: number;
  readonly #fns: Fn[] = [];
  #names = 0;

  constructor(seed: number, workgroup: number) {
    this.#random = rng(seed);
    this.#workgroup = workgroup;
  }
  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }
  #one<T>(of: readonly T[]): T {
    return of[this.#below(of.length)]!;
  }

  program(): string {
    const count = 3 + this.#below(6);
    const bodies: string[] = [];
    for (let i = 0; i < count; i++) bodies.push(this.#function(i));
    const size = this.#workgroup;
    const calls = Array.from({ length: 4 }, () => `  ${this.#call(this.#fns, true) ?? ""}`).join("\n");
    return `struct S { a: u32, b: vec2f, c: array<u32, 2> }
@group(0) @binding(0) var<storage, read> src: array<u32>;
@group(0) @binding(1) var<storage, read_write> dst: array<u32>;
var<workgroup> cells: array<array<u32, 4>, ${size}>;
var<workgroup> turn: array<u32, ${size}>;
var<private> one: u32;
var<private> many: array<u32, 3>;
var<private> l: u32;
var<private> depth: u32;
${bodies.join("\n")}
@compute @workgroup_size(${size}) fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) index: u32) {
  l = index;
  var x = src[id.x]; var y = x * 3u; var flag = x > 8u;
  var v = vec3u(x, y, l); var s: S; s.a = y; var list: array<u32, 4>;
${calls}
  dst[id.x] = x ^ y ^ v.x ^ v.y ^ v.z ^ s.a ^ s.c[0] ^ s.c[1] ^ bitcast<u32>(s.b.x) ^ list[0] ^ list[1] ^ list[2] ^ list[3] ^ one ^ many[1] ^ cells[l][2];
}
`;
  }

  /** Function i may call those before it. */
  #function(i: number): string {
    const params = Array.from({ length: this.#below(5) }, () => this.#one(Object.keys(PARAMS)));
    // two pointers that may be the same are not for writing through
    const unique = params.filter((p, k) => !"paqw".includes(p) || params.indexOf(p) === k).join("");
    const barrier = this.#below(4) === 0;
    const fn: Fn = { name: `f${i}`, params: unique, result: this.#one(Object.keys(RESULTS)), barrier };
    const lines = [...unique].map((p, k) => this.#take(p, `p${k}`)).join(" ");
    const body = Array.from({ length: 2 + this.#below(5) }, () => this.#statement(2, fn)).join("\n  ");
    const wait = barrier ? "\n  workgroupBarrier(); turn[l] = x; workgroupBarrier(); y += turn[(l + 1u) % SIZEu]; workgroupBarrier();" : "";
    const text = `fn ${fn.name}(${[...unique].map((p, k) => `p${k}: ${PARAMS[p]}`).join(", ")})${fn.result ? ` -> ${RESULTS[fn.result]}` : ""} {
  var x = l + ${this.#below(50)}u; var y = x; var flag = x > 9u; var v = vec3u(x); var s: S; var list: array<u32, 4>;
  ${lines}${wait.replace("SIZE", `${this.#workgroup}`)}
  ${body}
  ${this.#return(fn)}
}`;
    this.#fns.push(fn);
    return text;
  }
  #take(kind: string, p: string): string {
    switch (kind) {
      case "u":
        return `x ^= ${p};`;
      case "v":
        return `v += ${p}; y ^= ${p}.y;`;
      case "s":
        return `s = ${p}; s.a += 1u;`;
      case "b":
        return `flag = ${p};`;
      case "p":
      case "q":
        return `*${p} += x; y += *${p};`;
      default:
        return `(*${p})[x % 4u] += y; list = *${p};`;
    }
  }
  #return(fn: Fn): string {
    return fn.result === "" ? "return;" : `return ${fn.result === "u" ? "x ^ y" : fn.result};`;
  }
  #value(): string {
    return this.#one(["x", "y", "v.y", "s.a", "list[x & 3u]", "many[y % 3u]", "one", `${this.#below(40)}u`, "(x >> 2u)", "s.c[x & 1u]"]);
  }
  #statement(depth: number, fn: Fn): string {
    const kind = this.#below(depth > 0 ? 9 : 5);
    const quiet = this.#fns.filter((f) => !f.barrier);
    switch (kind) {
      case 0:
        return `${this.#one(["x", "y", "v.x", "v.z", "s.a", "list[y & 3u]", "many[x % 3u]", "one"])} ${this.#one(["=", "+=", "^=", "*="])} ${this.#value()};`;
      case 1:
        return `v = v.zxy + vec3u(${this.#value()}); s.b.x = f32(${this.#value()} & 255u) * 0.5;`;
      case 2:
      case 3:
      case 4:
        return this.#call(fn.barrier && depth === 2 ? this.#fns : quiet, false) ?? "x += 1u;";
      case 5:
        return `if (${this.#value()} > ${this.#value()}) { ${this.#statement(depth - 1, fn)} } else { ${this.#statement(depth - 1, fn)} }`;
      case 6: {
        const i = `i${this.#names++}`;
        const leave = this.#one([
          "",
          "if (x > 900u) { break; }",
          "if ((x & 1u) == 1u) { continue; }",
          `if (y == 3u) { ${this.#return(fn)} }`,
        ]);
        return `for (var ${i} = 0u; ${i} < ${this.#one(["(x & 3u)", "2u", "3u"])}; ${i}++) { ${leave} ${this.#statement(depth - 1, fn)} }`;
      }
      case 7:
        return `switch (${this.#value()} & 3u) { case 0u: { ${this.#statement(depth - 1, fn)} } case 1u, 2u: { y += 7u; } default: { ${this.#one([this.#return(fn), "x += 2u;"])} } }`;
      default:
        return `if (${this.#value()} == ${this.#below(9)}u) { ${this.#return(fn)} }`;
    }
  }
  #call(among: readonly Fn[], isMain: boolean): string | undefined {
    // what a barrier stands behind must not have returned early for some lanes only: the entry point and functions with barriers call those
    const callable = isMain ? among : among.filter((f) => !f.barrier);
    if (callable.length === 0) return undefined;
    const f = this.#one(callable);
    const args = [...f.params].map((p) => this.#argument(p)).join(", ");
    const call = `${f.name}(${args})`;
    if (f.result === "") return `${call};`;
    const name = `r${this.#names++}`;
    if (f.result === "u") return `let ${name} = ${call}; x += ${name};`;
    if (f.result === "v") return `let ${name} = ${call}; v ^= ${name};`;
    return `let ${name} = ${call}; s.c[1] += ${name}.a; s.b += ${name}.b;`;
  }
  #argument(kind: string): string {
    switch (kind) {
      case "u":
        return this.#value();
      case "v":
        return this.#one(["v", "vec3u(x, y, 1u)", "v.zzx"]);
      case "s":
        return this.#one(["s", `S(x, vec2f(1.0, f32(y & 7u)), array<u32, 2>(y, ${this.#value()}))`]);
      case "b":
        return this.#one(["flag", "!flag", "x > y"]);
      case "p":
        return this.#one(["&y", "&list[x & 3u]", "&s.c[1]", "&s.a"]);
      case "a":
        return "&list";
      case "q":
        return this.#one(["&depth"]);
      default:
        return "&cells[l]";
    }
  }
}
