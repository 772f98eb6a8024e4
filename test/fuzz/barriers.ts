/**
 * Control flow around barriers: random programs in which lanes part and meet again, against the same program in JavaScript, where each
 * invocation is a generator that yields at barriers. The oracle knows neither masks nor uniformity; what WGSL does not allow is left out.
 */
import { launch } from "../../cli/launch.ts";
import { checkShader, compileShader, type Shader } from "../../webgpu/compile.ts";
import { CONFIGS, type Config, type Verdict } from "./differential.ts";
import { Random } from "./tree.ts";

const FUEL = 4_000_000;
const FUNCTIONS = 3;

/** A piece of a program in both languages. */
interface Piece {
  readonly wgsl: string;
  readonly js: string;
}
interface Scope {
  readonly depth: number;
  /** 0 for the entry point, which calls any; others call those below them */
  readonly fn: number;
  readonly loops: number;
  readonly mayBreak: boolean;
  readonly mayContinue: boolean;
  /** lanes may have parted around: a barrier would not be valid */
  readonly isParted: boolean;
  /** lanes may part: no loop around has barriers */
  readonly mayPart: boolean;
}
export interface FlowProgram {
  readonly source: string;
  readonly js: string;
  readonly lanes: number;
  /** contents of the uniform n */
  readonly n: readonly number[];
}

const join = (pieces: readonly Piece[]): Piece => ({ wgsl: pieces.map((p) => p.wgsl).join("\n"), js: pieces.map((p) => p.js).join("\n") });

class Generator {
  readonly #r: Random;
  readonly #lanes: number;
  #left = 40;
  #names = 0;
  /** lanes may have left the switch or loop around, or the function */
  #broke = false;
  #returned = false;
  constructor(r: Random, lanes: number) {
    this.#r = r;
    this.#lanes = lanes;
  }

  body(fn: number): Piece {
    this.#returned = false;
    return this.#list({ fn, depth: 0, loops: 0, mayBreak: false, mayContinue: false, isParted: false, mayPart: true });
  }
  #list(s: Scope): Piece {
    const pieces: Piece[] = [];
    for (let k = 1 + this.#r.below(4); k > 0; k--) pieces.push(this.#statement(s));
    return join(pieces);
  }

  #statement(around: Scope): Piece {
    const r = this.#r;
    const s = { ...around, isParted: around.isParted || this.#broke || this.#returned };
    const isSmall = s.depth > 4 || --this.#left < 0;
    const roll = isSmall ? r.below(45) : r.below(100);
    if (roll < 15) return this.#change();
    if (roll < 30) return s.isParted ? this.#change() : this.#exchange();
    if (roll < 40) return this.#leave(s);
    if (roll < 45) return this.#call(s);
    if (roll < 70) return this.#if(s);
    if (roll < 85) return this.#switch(s);
    if (roll < 93) return this.#loop(s);
    if (roll < 97 || s.isParted) return this.#block(s);
    return this.#uniformLoad(s);
  }

  #change(): Piece {
    const k = 1 + this.#r.below(99);
    return { wgsl: `x = x * 3u + ${k}u;`, js: `s.x = (Math.imul(s.x, 3) + ${k}) >>> 0;` };
  }
  #exchange(): Piece {
    const last = this.#lanes - 1;
    return {
      wgsl: `t[l] = x; workgroupBarrier(); x += t[${last}u - l]; workgroupBarrier();`,
      js: `t[s.l] = s.x; yield; s.x = (s.x + t[${last} - s.l]) >>> 0; yield;`,
    };
  }
  #uniformLoad(s: Scope): Piece {
    const name = `u${this.#names++}`;
    const body = this.#list({ ...s, depth: s.depth + 1 });
    return {
      wgsl: `if l == 0u { flag = x; }\nlet ${name} = workgroupUniformLoad(&flag);\nif (${name} & 1u) == 0u {\n${body.wgsl}\n}`,
      js: `if (s.l === 0) flag.x = s.x;\nyield; const ${name} = flag.x; yield;\nif ((${name} & 1) === 0) {\n${body.js}\n}`,
    };
  }
  #uniform(s: Scope): Piece {
    const k = this.#r.below(3);
    if (s.loops > 0 && this.#r.chance(40)) return { wgsl: `i${s.loops - 1} == ${k}u`, js: `i${s.loops - 1} === ${k}` };
    const at = this.#r.below(4);
    return this.#r.chance(50)
      ? { wgsl: `n[${at}] == ${k}u`, js: `n[${at}] === ${k}` }
      : { wgsl: `n[${at}] > ${k}u`, js: `n[${at}] > ${k}` };
  }
  #varying(): Piece {
    const k = this.#r.below(this.#lanes);
    return this.#r.pick<Piece>([
      { wgsl: `l > ${k}u`, js: `s.l > ${k}` },
      { wgsl: `l == ${k}u`, js: `s.l === ${k}` },
      { wgsl: "(x & 1u) == 0u", js: "(s.x & 1) === 0" },
      { wgsl: "(l & 1u) == 1u", js: "(s.l & 1) === 1" },
    ]);
  }

  /** A jump, mostly of some lanes. */
  #leave(s: Scope): Piece {
    const kinds = ["return", ...(s.mayBreak ? ["break", "break", "break"] : []), ...(s.mayContinue ? ["continue"] : [])];
    const kind = this.#r.pick(kinds);
    const isUniform = !s.mayPart || this.#r.chance(20);
    const condition = isUniform ? this.#uniform(s) : this.#varying();
    if (!isUniform && kind === "return") this.#returned = true;
    else if (!isUniform) this.#broke = true;
    const first = this.#r.chance(30) ? this.#change() : { wgsl: "", js: "" };
    return {
      wgsl: `if ${condition.wgsl} { ${first.wgsl} ${kind}; }`,
      js: `if (${condition.js}) { ${first.js} ${kind}; }`,
    };
  }
  #call(s: Scope): Piece {
    const callee = s.fn + 1 + this.#r.below(FUNCTIONS);
    if (callee > FUNCTIONS || s.isParted) return this.#change();
    return { wgsl: `f${callee}();`, js: `yield* f${callee}(s);` };
  }
  #if(s: Scope): Piece {
    const isUniform = this.#r.chance(65);
    const condition = isUniform ? this.#uniform(s) : this.#varying();
    const inner = { ...s, depth: s.depth + 1, isParted: s.isParted || !isUniform };
    const [broke, returned] = [this.#broke, this.#returned];
    const body = this.#list(inner);
    const after = [this.#broke, this.#returned];
    [this.#broke, this.#returned] = [broke, returned];
    const other = this.#r.chance(50) ? this.#list(inner) : null;
    [this.#broke, this.#returned] = [this.#broke || after[0]!, this.#returned || after[1]!];
    const rest = (text: string | undefined) => (text === undefined ? "" : ` else {\n${text}\n}`);
    return {
      wgsl: `if ${condition.wgsl} {\n${body.wgsl}\n}${rest(other?.wgsl)}`,
      js: `if (${condition.js}) {\n${body.js}\n}${rest(other?.js)}`,
    };
  }
  #switch(s: Scope): Piece {
    const isUniform = this.#r.chance(75);
    const at = this.#r.below(4);
    const inner = { ...s, depth: s.depth + 1, mayBreak: true, isParted: s.isParted || !isUniform };
    const [broke, before] = [this.#broke, this.#returned];
    let returned = before;
    const one = () => {
      [this.#broke, this.#returned] = [broke, before];
      const body = this.#list(inner);
      returned ||= this.#returned;
      return body;
    };
    const cases = [0, 1, 2].slice(0, 1 + this.#r.below(3)).map((k) => ({ k, body: one() }));
    const otherwise = one();
    // a continue leaves more than the switch
    [this.#broke, this.#returned] = [broke || (s.mayContinue && s.mayPart), returned];
    return {
      wgsl: `switch ${isUniform ? `n[${at}]` : "l & 3u"} {\n${cases.map((c) => `case ${c.k}u: {\n${c.body.wgsl}\n}\n`).join("")}default: {\n${otherwise.wgsl}\n}\n}`,
      js: `switch (${isUniform ? `n[${at}]` : "s.l & 3"}) {\n${cases.map((c) => `case ${c.k}: {\n${c.body.js}\nbreak; }\n`).join("")}default: {\n${otherwise.js}\n}\n}`,
    };
  }
  #loop(s: Scope): Piece {
    const i = `i${s.loops}`;
    const at = this.#r.below(4);
    const broke = this.#broke;
    const waits = !s.isParted && this.#r.chance(60);
    const inner = { ...s, isParted: !waits, mayPart: !waits, depth: s.depth + 1, loops: s.loops + 1, mayBreak: true, mayContinue: true };
    const body = this.#list(inner);
    this.#broke = broke;
    return {
      wgsl: `for (var ${i} = 0u; ${i} < n[${at}]; ${i}++) {\n${body.wgsl}\n}`,
      js: `for (let ${i} = 0; ${i} < n[${at}]; ${i}++) {\n${body.js}\n}`,
    };
  }
  #block(s: Scope): Piece {
    const body = this.#list({ ...s, depth: s.depth + 1 });
    return { wgsl: `{\n${body.wgsl}\n}`, js: `{\n${body.js}\n}` };
  }
}

export function flowProgram(seed: number): FlowProgram {
  const r = new Random(seed);
  const lanes = r.pick([4, 6, 8, 12]);
  const generator = new Generator(r, lanes);
  const n = Array.from({ length: 4 }, () => r.below(4));
  const bodies = Array.from({ length: FUNCTIONS + 1 }, (_, fn) => generator.body(fn));
  const functions = bodies.map((b, fn) => ({
    wgsl: `fn f${fn}() {\n${b.wgsl}\n}`,
    js: `function* f${fn}(s) {\n${b.js}\n}`,
  }));
  return {
    source: `@group(0) @binding(0) var<uniform> n: vec4u;
@group(0) @binding(1) var<storage, read_write> dst: array<u32>;
var<workgroup> t: array<u32, ${lanes}>;
var<workgroup> flag: u32;
var<private> x: u32;
var<private> l: u32;
${functions.map((f) => f.wgsl).join("\n")}
@compute @workgroup_size(${lanes}) fn main(@builtin(local_invocation_index) index: u32) {
l = index;
x = l;
f0();
dst[l] = x;
f1();
dst[${lanes}u + l] = x;
}`,
    js: `${functions.map((f) => f.js).join("\n")}
return function* (s) { yield* f0(s); s.first = s.x; yield* f1(s); };`,
    lanes,
    n,
  };
}

interface Lane {
  readonly l: number;
  x: number;
  first: number;
}

/** What each invocation has in x after f0 and after f1, by the JavaScript. */
function expected(p: FlowProgram): number[] | null {
  const main = new Function("n", "t", "flag", p.js)(p.n, [], { x: 0 }) as (s: Lane) => Generator_;
  const states: Lane[] = Array.from({ length: p.lanes }, (_, l) => ({ l, x: l, first: 0 }));
  const running = states.map((s) => main(s));
  for (let round = 0; ; round++) {
    const done = running.map((lane) => lane.next().done === true);
    if (done.every((d) => d)) return [...states.map((s) => s.first), ...states.map((s) => s.x)];
    if (done.some((d) => d)) throw new Error("a program is valid, and not all its invocations reach a barrier");
    if (round > 20_000) return null;
  }
}
type Generator_ = { next(): { done?: boolean } };

/** @param configs tiers and levels to try */
export function judgeFlow(p: FlowProgram, configs: readonly Config[] = CONFIGS): Verdict {
  const shader = checkShader(p.source);
  const wrong = shader.failure?.message ?? shader.diagnostics.items.find((d) => d.severity === "error")?.message;
  if (wrong !== undefined) return { kind: "invalid", message: wrong };
  const want = expected(p);
  if (want === null) return { kind: "invalid", message: "takes too long" };
  for (const c of configs) {
    const got = run(shader, p, c);
    if (typeof got === "string") return { kind: "differs", message: `${c.name}: ${got}` };
    if (got.join() !== want.join()) return { kind: "differs", message: `${c.name}: ${got.join(" ")} instead of ${want.join(" ")}` };
  }
  return { kind: "same" };
}

function run(shader: Shader, p: FlowProgram, c: Config): number[] | string {
  const reply = compileShader({ shader, level: c.level, inlineBudget: c.calls ? 0 : undefined });
  if (reply.status === "invalid") return reply.message;
  if (reply.status === "failed") return reply.failure.message;
  const binds = [
    { group: 0, binding: 0, scalar: "u32" as const, words: Uint32Array.from(p.n) },
    { group: 0, binding: 1, scalar: "u32" as const, words: new Uint32Array(2 * p.lanes) },
  ];
  const result = launch({ object: reply.object, binds, dispatch: [1, 1, 1], tier: c.tier, fuel: FUEL });
  if (result.status !== "done") return result.status === "trapped" ? `trap ${result.trap.cause}` : result.status;
  return Array.from(result.outputs.find((o) => o.binding === 1)!.words);
}
