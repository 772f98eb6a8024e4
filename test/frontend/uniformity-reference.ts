/**
 * The statement and variable rules of the uniformity analysis once more, as the specification words them and as slow as it pleases: every join
 * makes a node for every variable. On random programs over a few scalar variables, for comparison with the analysis of the front end.
 * @see https://www.w3.org/TR/WGSL/#uniformity-statements
 */
import { Behavior } from "../../frontend/wgsl/sema.ts";

const { NEXT, BREAK, CONTINUE, RETURN } = Behavior;

/** "u" is uniform, "n" is not; a number is a variable. */
type Value = "u" | "n" | number;
export type Statement =
  | { readonly kind: "assign" | "add"; readonly variable: number; readonly value: Value }
  | { readonly kind: "barrier" | "break" | "continue" | "return" }
  | { readonly kind: "if"; readonly value: Value; readonly whenTrue: Statement[]; readonly otherwise: Statement[] }
  | { readonly kind: "switch"; readonly value: Value; readonly cases: Statement[][] }
  | { readonly kind: "while"; readonly value: Value; readonly body: Statement[]; readonly update: number | undefined }
  | { readonly kind: "loop"; readonly body: Statement[]; readonly continuing: Statement[]; readonly breakIf: Value | undefined };

export const VARIABLES = 3;

// Text.

const valueText = (value: Value) => (value === "u" ? "u" : value === "n" ? "n" : `v${value}`);
const condition = (value: Value) => `${valueText(value)} == 1`;
const block = (statements: readonly Statement[]): string => `{ ${statements.map(statementText).join(" ")} }`;

function statementText(s: Statement): string {
  switch (s.kind) {
    case "assign":
      return `v${s.variable} = ${valueText(s.value)};`;
    case "add":
      return `v${s.variable} += ${valueText(s.value)};`;
    case "barrier":
      return "workgroupBarrier();";
    case "if":
      return `if ${condition(s.value)} ${block(s.whenTrue)} else ${block(s.otherwise)}`;
    case "switch":
      return `switch ${valueText(s.value)} { ${s.cases.map((c, i) => `case ${i === 0 ? "default" : i}: ${block(c)}`).join(" ")} }`;
    case "while":
      if (s.update === undefined) return `while ${condition(s.value)} ${block(s.body)}`;
      return `for (; ${condition(s.value)}; v${s.update}++) ${block(s.body)}`;
    case "loop": {
      const breakIf = s.breakIf === undefined ? "" : `break if ${condition(s.breakIf)};`;
      return `loop { ${s.body.map(statementText).join(" ")} continuing { ${s.continuing.map(statementText).join(" ")} ${breakIf} } }`;
    }
    default:
      return `${s.kind};`;
  }
}
export function programText(program: readonly Statement[]): string {
  const variables = Array.from({ length: VARIABLES }, (_, i) => `var v${i} = 0;`).join(" ");
  return `@group(0) @binding(0) var<uniform> u: i32;\nvar<private> n: i32;
@compute @workgroup_size(1) fn main() { ${variables} ${program.map(statementText).join(" ")} }`;
}

// Random programs.

export class Generator {
  readonly #random: () => number;
  constructor(random: () => number) {
    this.#random = random;
  }
  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }
  #value(): Value {
    const choice = this.#below(VARIABLES + 3);
    return choice < VARIABLES ? choice : choice === VARIABLES ? "n" : "u";
  }
  /** @param where kinds of what encloses the statements that `break`, `continue` and `return` may leave */
  statements(depth: number, where: string): Statement[] {
    return Array.from({ length: 1 + this.#below(4) }, () => this.#statement(depth, where));
  }
  #statement(depth: number, where: string): Statement {
    const choice = this.#below(depth > 0 ? 17 : 8);
    if (choice < 2) return { kind: "assign", variable: this.#below(VARIABLES), value: this.#value() };
    if (choice < 3) return { kind: "add", variable: this.#below(VARIABLES), value: this.#value() };
    if (choice < 4) return { kind: "barrier" };
    if (choice < 8) return this.#jump(where, choice);
    const inner = (more: string) => this.statements(depth - 1, more);
    if (choice < 12) return { kind: "if", value: this.#value(), whenTrue: inner(where), otherwise: this.#below(2) ? inner(where) : [] };
    if (choice < 13) return { kind: "switch", value: this.#value(), cases: [inner(`${where}s`), inner(`${where}s`)] };
    const loop = where.replace("s", "").includes("c") ? "c" : "l";
    if (choice < 15) {
      return { kind: "while", value: this.#value(), body: inner(`${loop}l`), update: this.#below(2) ? this.#below(VARIABLES) : undefined };
    }
    return { kind: "loop", body: inner(`${loop}l`), continuing: inner("c"), breakIf: this.#below(3) ? this.#value() : undefined };
  }
  /** `where` has a letter per loop (l) or switch (s) around, and c for a continuing block, which nothing may leave. */
  #jump(where: string, choice: number): Statement {
    const last = where[where.length - 1];
    if (choice === 4 && (last === "l" || last === "s")) return { kind: "break" };
    if (choice === 5 && where.replaceAll("s", "").endsWith("l")) return { kind: "continue" };
    if (choice === 6 && !where.includes("c")) return { kind: "return" };
    return { kind: "barrier" };
  }
}

// Analysis.

type Node = number;
type Variables = readonly Node[];
const DIFFERS = 0;
interface Targets {
  readonly breaks: Variables[];
  readonly continues: Variables[];
}
interface Result {
  readonly cf: Node;
  readonly variables: Variables;
  readonly behavior: number;
}

export class Reference {
  readonly #edges: Node[][] = [[]];
  readonly #required: Node[] = [];

  /** Whether every barrier is in uniform control flow. */
  accepts(program: readonly Statement[]): boolean {
    const start = this.#node();
    this.#sequence(
      program,
      start,
      Array.from({ length: VARIABLES }, () => start),
      { breaks: [], continues: [] },
    );
    return !this.#required.some((node) => this.#reachesDiffers(node));
  }
  #node(...to: Node[]): Node {
    return this.#edges.push(to) - 1;
  }
  #reachesDiffers(start: Node): boolean {
    const seen = new Set([start]);
    for (const node of seen) for (const to of this.#edges[node]!) seen.add(to);
    return seen.has(DIFFERS);
  }
  #value(value: Value, cf: Node, variables: Variables): Node {
    return value === "u" ? cf : value === "n" ? DIFFERS : this.#node(cf, variables[value]!);
  }
  #join(from: readonly Variables[]): Variables {
    return Array.from({ length: VARIABLES }, (_, i) => this.#node(...from.map((variables) => variables[i]!)));
  }

  #sequence(statements: readonly Statement[], cf: Node, variables: Variables, targets: Targets): Result {
    let result: Result = { cf, variables, behavior: NEXT };
    for (const s of statements) {
      const one = this.#statement(s, result.cf, result.variables, targets);
      result = { ...one, behavior: (result.behavior & ~NEXT) | one.behavior };
      if ((one.behavior & NEXT) === 0) break;
    }
    return result;
  }

  #statement(s: Statement, cf: Node, variables: Variables, targets: Targets): Result {
    switch (s.kind) {
      case "assign":
      case "add": {
        const value = this.#value(s.value, cf, variables);
        const all = s.kind === "assign" ? this.#node(cf, value) : this.#node(cf, value, variables[s.variable]!);
        return { cf, variables: variables.map((v, i) => (i === s.variable ? all : v)), behavior: NEXT };
      }
      case "barrier":
        this.#required.push(cf);
        return { cf, variables, behavior: NEXT };
      case "break":
        targets.breaks.push(variables);
        return { cf, variables, behavior: BREAK };
      case "continue":
        targets.continues.push(variables);
        return { cf, variables, behavior: CONTINUE };
      case "return":
        return { cf, variables, behavior: RETURN };
      case "if": {
        const value = this.#value(s.value, cf, variables);
        const branches = [s.whenTrue, s.otherwise].map((b) => this.#sequence(b, value, variables, targets));
        return this.#meet(branches, cf, [], 0);
      }
      case "switch": {
        const value = this.#value(s.value, cf, variables);
        const inner = { breaks: [], continues: targets.continues };
        const cases = s.cases.map((c) => this.#sequence(c, value, variables, inner));
        return this.#meet(cases, cf, inner.breaks, BREAK);
      }
      default:
        return this.#loop(s, cf, variables);
    }
  }

  /** @param breaks values that leave by `leaving` */
  #meet(branches: readonly Result[], cf: Node, breaks: readonly Variables[], leaving: number): Result {
    let behavior = branches.reduce((all, b) => all | b.behavior, 0);
    if (behavior & leaving) behavior = (behavior | NEXT) & ~leaving;
    const ends = branches.filter((b) => b.behavior & NEXT).map((b) => b.variables);
    return {
      cf: behavior === NEXT ? cf : this.#node(...branches.map((b) => b.cf)),
      variables: this.#join([...ends, ...breaks]),
      behavior,
    };
  }

  #loop(s: Extract<Statement, { kind: "while" | "loop" }>, cf: Node, variables: Variables): Result {
    const start = this.#node(cf);
    const first = this.#join([variables]);
    const targets: Targets = { breaks: [], continues: [] };
    let control = start;
    if (s.kind === "while") {
      control = this.#value(s.value, start, first);
      targets.breaks.push(first);
    }
    const body = this.#sequence(s.body, control, first, targets);
    const ofBody = body.behavior | (s.kind === "while" ? BREAK : 0);
    const comesBack = (body.behavior & (NEXT | CONTINUE)) !== 0;
    if (comesBack) {
      const ends = body.behavior & NEXT ? [body.variables] : [];
      const last = this.#continuing(s, body.cf, this.#join([...ends, ...targets.continues]), targets);
      this.#edges[start]!.push(last.cf);
      for (const [i, node] of first.entries()) this.#edges[node]!.push(last.variables[i]!);
    }
    const all = ofBody | (s.kind === "loop" && s.breakIf !== undefined ? BREAK : 0);
    const behavior = ofBody === RETURN ? RETURN : all & BREAK ? (all | NEXT) & ~(BREAK | CONTINUE) : all & ~(CONTINUE | NEXT);
    const after = body.behavior & RETURN ? (comesBack ? start : body.cf) : cf;
    return { cf: after, variables: this.#join(targets.breaks), behavior };
  }

  #continuing(s: Extract<Statement, { kind: "while" | "loop" }>, cf: Node, variables: Variables, targets: Targets): Result {
    if (s.kind === "while") {
      const update: Statement[] = s.update === undefined ? [] : [{ kind: "add", variable: s.update, value: "u" }];
      return this.#sequence(update, cf, variables, targets);
    }
    const end = this.#sequence(s.continuing, cf, variables, targets);
    if (s.breakIf === undefined) return end;
    targets.breaks.push(end.variables);
    return { ...end, cf: this.#node(this.#value(s.breakIf, end.cf, end.variables)) };
  }
}
