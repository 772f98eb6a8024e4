/** Which attributes may stand where, and the values of their arguments. @see https://www.w3.org/TR/WGSL/#attributes */
import { NONE } from "../../support/id.ts";
import { Attribute, Kind, type NodeId } from "./ast.ts";
import type { CheckContext } from "./check-context.ts";
import { checkConst } from "./check-expr.ts";
import type { Code } from "./codes.ts";
import type { DiagnosticFilter } from "./sema.ts";
import { ATTRIBUTE_NAMES } from "./token.ts";
import { ERROR } from "./types.ts";

/** Reports attributes of `node` that are not among `allowed` or given twice. @param what the thing, with article */
export function checkAttributes(c: CheckContext, node: NodeId, what: string, allowed: readonly Attribute[]): void {
  const { ast } = c;
  let seen = 0;
  c.forEach(ast.attributesOf(node), (at) => {
    if (ast.kind(at) !== Kind.ATTRIBUTE) return;
    const code = ast.attributeCode(at);
    if (!allowed.includes(code)) c.error("W0240", at, `@${ATTRIBUTE_NAMES[code]} cannot be applied to ${what}`);
    else if (code !== Attribute.DIAGNOSTIC && seen & (1 << code)) c.error("W0241", at, `@${ATTRIBUTE_NAMES[code]} is given twice`);
    seen |= 1 << code;
  });
}

/** The first attribute with this code, or NONE. */
export function attribute(c: CheckContext, node: NodeId, code: Attribute): NodeId {
  const { ast } = c;
  const list = ast.attributesOf(node);
  const n = ast.listLength(list);
  for (let i = 0; i < n; i++) {
    const at = ast.listItem(list, i);
    if (ast.kind(at) === Kind.ATTRIBUTE && ast.attributeCode(at) === code) return at;
  }
  return NONE;
}

/** Value of the attribute's argument, an integer const-expression; undefined after an error. Call once per attribute. */
export function attributeInt(c: CheckContext, at: NodeId, low: number, high: number, code: Code = "W0242"): number | undefined {
  const { ast } = c;
  const name = `@${ATTRIBUTE_NAMES[ast.attributeCode(at)]}`;
  const argument = ast.listItem(ast.argumentsOf(at), 0);
  const type = checkConst(c, argument, `the argument of ${name}`);
  if (type === ERROR) return undefined;
  if (!c.types.isIntegerScalar(type)) {
    c.error("W0242", argument, `the argument of ${name} is an integer, not '${c.name(type)}'`);
    return undefined;
  }
  c.concretize(argument);
  if (c.value(argument) === NONE) return undefined;
  const value = c.values.numberAt(c.value(argument), 0);
  if (value >= low && value <= high) return value;
  const bounds = high === 0xffff_ffff ? `at least ${low}` : `between ${low} and ${high}`;
  c.error(code, argument, `the argument of ${name} must be ${bounds}, but this is ${value}`);
  return undefined;
}

// Diagnostic filters.

/** Checks attributes of a statement or block: only diagnostic filters. */
export function diagnosticAttributes(c: CheckContext, node: NodeId): void {
  if (c.ast.listLength(c.ast.attributesOf(node)) === 0) return;
  checkAttributes(c, node, "a statement", [Attribute.DIAGNOSTIC]);
  rangeFilters(c, node);
}

/** Checks the @diagnostic attributes of `node` against each other. */
export function rangeFilters(c: CheckContext, node: NodeId): void {
  const { ast } = c;
  const rules = new Map<string, NodeId>();
  c.forEach(ast.attributesOf(node), (at) => {
    if (ast.kind(at) !== Kind.ATTRIBUTE || ast.attributeCode(at) !== Attribute.DIAGNOSTIC) return;
    const filter = readFilter(c, at);
    if (filter === undefined) return;
    const first = rules.get(filter.rule);
    if (first === undefined) rules.set(filter.rule, at);
    else c.error("W0252", at, `'${filter.rule}' has two filters at one place`, [{ message: "the other is here", span: ast.span(first) }]);
  });
}

const SEVERITIES: readonly string[] = ["error", "warning", "info", "off"];
const RULES: readonly string[] = ["derivative_uniformity", "subgroup_uniformity"];

/** @param node DIAGNOSTIC directive or attribute @returns undefined after an error */
export function readFilter(c: CheckContext, node: NodeId): DiagnosticFilter | undefined {
  const { ast } = c;
  const names: NodeId[] = [];
  c.forEach(ast.namesOf(node), (name) => names.push(name));
  const [severityNode, ruleNode, suffix] = names;
  if (severityNode === undefined || ruleNode === undefined || names.some((name) => ast.kind(name) !== Kind.NAME)) return undefined;
  const severity = c.text(ast.symbolOf(severityNode));
  if (!SEVERITIES.includes(severity)) {
    c.error("W0252", severityNode, `'${severity}' is no severity; use 'error', 'warning', 'info' or 'off'`);
    return undefined;
  }
  const first = c.text(ast.symbolOf(ruleNode));
  const rule = suffix === undefined ? first : `${first}.${c.text(ast.symbolOf(suffix))}`;
  if (suffix === undefined && !RULES.includes(rule))
    c.diagnostics.warning("W0252", ast.span(ruleNode), `'${rule}' is not a known diagnostic rule`);
  return { rule, severity: severity as DiagnosticFilter["severity"], node };
}
