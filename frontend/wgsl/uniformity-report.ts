/**
 * Errors of the uniformity analysis. The error stands at the builtin call that demands uniformity; the notes lead from there to what may be
 * non-uniform: calls on the way, where control flow comes to depend on it, and where it comes from.
 */
import { MAX_DIAGNOSTICS, type Note } from "../../support/diagnostic.ts";
import { NONE } from "../../support/id.ts";
import { BINARY_TEXT, Kind, type NodeId } from "./ast.ts";
import { builtinName } from "./builtins-notation.ts";
import type { Code } from "./codes.ts";
import { type BuiltinId, DeclKind, type FunctionId } from "./sema.ts";
import { SPACE, type Space } from "./types.ts";
import { Behaves, behavesOf } from "./uniformity-builtins.ts";
import type { UniformityContext } from "./uniformity-context.ts";
import { type DemandId, Scope, severityOf } from "./uniformity-demands.ts";
import { type GraphNode, Role } from "./uniformity-graph.ts";
import type { Origin } from "./uniformity-summary.ts";

/** Notes of one error; long ways are told by their ends. */
const MAX_NOTES = 8;
const MAX_CALLS = 4;
/** Nodes looked at on one way to non-uniformity. */
const MAX_PATH = 4096;

/** Reports a broken demand of the function whose graph is current. */
export function reportDemand(u: UniformityContext, fn: FunctionId, demand: DemandId): void {
  const { c, demands } = u;
  const severity = severityOf(demands.level(demand));
  const [trigger, argument] = builtinOf(u, demand);
  const name = builtinName(c.targetOf[trigger] as BuiltinId);
  const at = argument === NONE ? trigger : c.ast.listItem(c.ast.argumentsOf(trigger), argument);
  const { code, message, fix } = demandText(u, demand, behavesOf(c.targetOf[trigger]!), name, argument);
  // A report that will only be counted needs no notes.
  const notes = c.diagnostics.items.length >= MAX_DIAGNOSTICS ? [] : [...callNotes(u, fn, demand), ...trail(u, demand), ...fix];
  c.diagnostics.add({ severity, code, message, span: c.ast.span(at), notes });
}

/** The builtin call that a demand comes from, and its argument if that is what must be uniform. */
function builtinOf(u: UniformityContext, demand: DemandId): readonly [NodeId, number] {
  let d = demand;
  while (u.demands.through(d) !== NONE) d = u.demands.through(d);
  return [u.demands.call(d), u.demands.argument(d)];
}

interface DemandText {
  readonly code: Code;
  readonly message: string;
  readonly fix: readonly Note[];
}

function demandText(u: UniformityContext, demand: DemandId, behaves: Behaves, name: string, argument: number): DemandText {
  const together = u.demands.scope(demand) === Scope.SUBGROUP ? "subgroup" : "workgroup";
  const fix = (message: string) => [{ message }];
  if (argument !== NONE && behaves === Behaves.UNIFORM_LOAD) {
    const message = `the pointer given to '${name}' must be the same in all invocations of the ${together}, but it may differ`;
    return { code: "W0333", message, fix: [] };
  }
  if (argument !== NONE) {
    const message = `this argument of '${name}' must be the same in all invocations of the ${together}, but it may differ`;
    return { code: "W0334", message, fix: fix("'subgroupShuffle' takes an invocation that may differ") };
  }
  switch (behaves) {
    case Behaves.DERIVATIVE: {
      const message = `'${name}' needs derivatives, so all invocations must call it together, but some may not get here`;
      return { code: "W0331", message, fix: derivativeFix(name) };
    }
    case Behaves.BARRIER:
    case Behaves.UNIFORM_LOAD:
      return {
        code: "W0330",
        message: `all invocations of the ${together} must call '${name}' together, but some may not get here`,
        fix: [],
      };
    default:
      return {
        code: "W0332",
        message: `all invocations of the ${together} must call '${name}' together, but some may not get here`,
        fix: [],
      };
  }
}

function derivativeFix(name: string): readonly Note[] {
  switch (name) {
    case "textureSample":
    case "textureSampleBias":
      return [{ message: "call it before control flow divides, or use 'textureSampleLevel' or 'textureSampleGrad'" }];
    case "textureSampleCompare":
      return [{ message: "call it before control flow divides, or use 'textureSampleCompareLevel'" }];
    default:
      return [{ message: "call it before control flow divides" }];
  }
}

/** How the function comes to the builtin call: the calls that are nearest to the function, told from the builtin outwards. */
function callNotes(u: UniformityContext, fn: FunctionId, demand: DemandId): Note[] {
  const { c, demands } = u;
  const calls: Note[][] = [];
  for (let d = demand; demands.through(d) !== NONE && calls.length < MAX_CALLS; d = demands.through(d)) {
    calls.push(callNote(u, d, d === demand ? ` by '${c.functions[fn]!.name}'` : ""));
  }
  return calls.reverse().flat();
}

function callNote(u: UniformityContext, d: DemandId, by: string): Note[] {
  const { c, demands } = u;
  const call = demands.call(d);
  const argument = demands.argument(d);
  const callee = c.functions[c.targetOf[call]!]!;
  if (argument === NONE) return [{ message: `'${callee.name}' is called here${by}`, span: c.ast.span(call) }];
  const parameter = callee.params[argument]!.name;
  const at = c.ast.listItem(c.ast.argumentsOf(call), argument);
  const given = { message: `'${parameter}' of '${callee.name}' is given here${by}`, span: c.ast.span(at) };
  const control = demands.control(d);
  if (control === NONE) return [given];
  return [{ message: `${conditionText(u, control)} depends on '${parameter}'`, span: conditionSpan(u, control) }, given];
}

// The way to what may be non-uniform.

function trail(u: UniformityContext, demand: DemandId): Note[] {
  const { graph } = u;
  const path: GraphNode[] = [];
  for (let node = u.demands.node(demand); node !== NONE && path.length < MAX_PATH; node = graph.hops[node] as GraphNode) path.push(node);
  const onPath = new Set(path);
  const notes: Note[] = [];
  for (const node of path) {
    const note = nodeNote(u, demand, node, onPath);
    if (note !== undefined) notes.push(note);
  }
  const last = sourceOnPath(u, path);
  const ends = last === undefined ? [] : originNotes(u, last, u.demands.scope(demand));
  if (notes.length > MAX_NOTES) notes.splice(MAX_NOTES / 2, notes.length - MAX_NOTES);
  return [...notes, ...ends];
}

function nodeNote(u: UniformityContext, demand: DemandId, node: GraphNode, onPath: ReadonlySet<number>): Note | undefined {
  const { c, graph } = u;
  const origin = graph.origins[node] as NodeId;
  switch (graph.roles[node]) {
    case Role.CONTROL: {
      // If the way goes on with the control flow around it, its own condition is not to blame.
      if (onPath.has(graph.under[node]!)) return undefined;
      const call = u.demands.call(demand);
      const isAround = c.ast.start(origin) <= c.ast.start(call) && c.ast.end(call) <= c.ast.end(origin);
      const effect = isAround ? "" : ", so some may have left before";
      return { message: `${conditionText(u, origin)} may differ between invocations${effect}`, span: conditionSpan(u, origin) };
    }
    case Role.NAMED:
      return { message: `the value of ${namedText(u, origin)} comes from here`, span: namedSpan(u, origin) };
    case Role.THROUGH:
      return { message: `the result of '${calleeName(u, origin)}' depends on its arguments`, span: c.ast.span(origin) };
    default:
      return undefined;
  }
}

function sourceOnPath(u: UniformityContext, path: readonly GraphNode[]): Origin | undefined {
  const node = path[path.length - 2];
  if (node === undefined || u.graph.roles[node]! < Role.READ) return undefined;
  return { role: u.graph.roles[node] as Role, node: u.graph.origins[node] as NodeId };
}

/** Where a value comes from, down into the functions it is a result of. */
function originNotes(u: UniformityContext, start: Origin, scope: Scope): Note[] {
  const notes: Note[] = [];
  let origin: Origin | undefined = start;
  for (let depth = 0; origin !== undefined && depth < MAX_CALLS; depth++) {
    notes.push({ message: originText(u, origin, scope), span: u.c.ast.span(originPlace(u, origin)) });
    origin = below(u, origin);
  }
  return notes;
}

function below(u: UniformityContext, { role, node }: Origin): Origin | undefined {
  const summary = role === Role.CALL || role === Role.CALL_OUT ? u.summaries[u.c.targetOf[node] as FunctionId] : undefined;
  if (summary === undefined) return undefined;
  return role === Role.CALL ? summary.result?.origin : summary.outs.find((out) => out?.origin !== undefined)?.origin;
}

const originPlace = (u: UniformityContext, { role, node }: Origin) => (role === Role.INPUT ? u.c.ast.nameNode(node) : node);

function originText(u: UniformityContext, { role, node }: Origin, scope: Scope): string {
  switch (role) {
    case Role.INPUT:
      return inputText(u, node, scope);
    case Role.READ:
      return readText(u, node);
    case Role.CALL_OUT:
      return `'${calleeName(u, node)}' may write a value that differs between invocations`;
    case Role.CALL:
      return `the result of '${calleeName(u, node)}' may differ between invocations`;
    default:
      return `the result of '${builtinName(u.c.targetOf[node] as BuiltinId)}' may differ between invocations`;
  }
}

function inputText(u: UniformityContext, param: NodeId, scope: Scope): string {
  const { c } = u;
  const declaration = c.declarations[c.targetOf[param]!]!;
  const fn = c.functions.find((f) => f.params.some((p) => p.node === param))!;
  const inputs = fn.inputs.filter((io) => io.param === declaration.index);
  const only = inputs.length === 1 ? inputs[0]!.builtin : undefined;
  const between = only === "subgroup_id" && scope === Scope.WORKGROUP ? "subgroups" : "invocations";
  if (only !== undefined) return `'${declaration.name}' is the builtin value '${only}', which differs between ${between}`;
  if (inputs.length === 1) return `'${declaration.name}' is an input, which differs between invocations`;
  return `'${declaration.name}' holds inputs that differ between invocations, so all of it is taken to differ`;
}

const READS: Readonly<Partial<Record<Space, string>>> = {
  [SPACE.private]: "each invocation has its own",
  [SPACE.workgroup]: "it may be written meanwhile",
  [SPACE.storage]: "it may be written meanwhile",
};

function readText(u: UniformityContext, node: NodeId): string {
  const { c } = u;
  const root = u.roots.rootOf(node);
  const declaration = c.declarations[root]!;
  const space = declaration.kind === DeclKind.GLOBAL ? c.globals[declaration.index]!.space : c.types.space(declaration.type);
  const what = declaration.kind === DeclKind.GLOBAL ? `'${declaration.name}'` : `what '${declaration.name}' points to`;
  return `invocations may read different values from ${what}: ${READS[space] ?? "it may be written meanwhile"}`;
}

const calleeName = (u: UniformityContext, call: NodeId): string => u.c.functions[u.c.targetOf[call]!]!.name;

// Statements.

function conditionText(u: UniformityContext, node: NodeId): string {
  switch (u.c.ast.kind(node)) {
    case Kind.IF:
      return "the condition of this 'if'";
    case Kind.SWITCH:
      return "the selector of this 'switch'";
    case Kind.BREAK_IF:
      return "the condition of this 'break if'";
    case Kind.BINARY:
      return `the left side of this '${BINARY_TEXT[u.c.ast.binaryOp(node)]}'`;
    default:
      return "the condition of this loop";
  }
}
function conditionSpan(u: UniformityContext, node: NodeId) {
  const { ast } = u.c;
  return ast.span(ast.kind(node) === Kind.BINARY ? ast.leftOf(node) : ast.conditionOf(node));
}

function namedText(u: UniformityContext, node: NodeId): string {
  const { ast } = u.c;
  const kind = ast.kind(node);
  if (kind === Kind.LET || kind === Kind.VAR) return `'${u.c.declarations[u.c.targetOf[node]!]!.name}'`;
  const variable = u.roots.rootOf(ast.leftOf(node));
  return `'${u.c.declarations[variable]!.name}'`;
}
/** The value given, if there is one, else the statement. */
function namedSpan(u: UniformityContext, node: NodeId) {
  const { ast } = u.c;
  const kind = ast.kind(node);
  if (kind === Kind.LET || kind === Kind.VAR) return ast.span(ast.initializerOf(node));
  return ast.span(kind === Kind.ASSIGN || kind === Kind.COMPOUND_ASSIGN ? ast.rightOf(node) : node);
}
