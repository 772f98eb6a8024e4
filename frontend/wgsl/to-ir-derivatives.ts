/**
 * Derivatives: differences between the invocations of a quad, which are a wave. Lane 0 is its top left, 1 top right, 2 bottom left.
 * @see https://www.w3.org/TR/WGSL/#derivative-builtin-functions
 */
import type { Value } from "../../ir/module.ts";
import { SWAP } from "../../ir/ops.ts";
import { STORAGE } from "../../ir/types.ts";
import { NONE } from "../../support/id.ts";
import type { NodeId } from "./ast.ts";
import type { Context } from "./to-ir-context.ts";
import { value } from "./to-ir-expr.ts";

interface Axis {
  /** lane that differs from lane 0 in this direction */
  readonly lane: number;
  readonly swap: number;
}
const X: Axis = { lane: 1, swap: SWAP.x };
const Y: Axis = { lane: 2, swap: SWAP.y };

/** One for the quad: that of its top row, or left column. */
function coarse(c: Context, v: Value, { lane }: Axis): Value {
  const type = c.module.type(v);
  const at = (n: number) => c.emit("GroupNonUniformQuadBroadcast", type, v, c.module.u32(n));
  return c.emit("FSub", type, at(lane), at(0));
}

/** One for each row, or column. */
function fine(c: Context, v: Value, { lane, swap }: Axis): Value {
  const { module } = c;
  const { types } = module;
  const type = module.type(v);
  const other = c.emit("GroupNonUniformQuadSwap", type, v, swap);
  const forward = c.emit("FSub", type, other, v);
  const backward = c.emit("FSub", type, v, other);
  const isSecond = c.emit("INotEqual", types.bool, c.emit("BitwiseAnd", types.u32, laneIndex(c), module.u32(lane)), module.u32(0));
  return c.emit("Select", type, isSecond, backward, forward);
}

function laneIndex(c: Context): Value {
  const { u32 } = c.module.types;
  const info = { name: "lane", group: NONE, binding: NONE, writable: false, builtin: "subgroup_invocation_id", location: NONE };
  return c.emit("Load", u32, c.module.addGlobal(c.module.types.pointer(STORAGE.Input, u32), info));
}

/** Of a value that is there: the coarse one, which is one for the quad. */
export const derivative = (c: Context, v: Value, direction: "x" | "y"): Value => coarse(c, v, direction === "x" ? X : Y);

type Difference = (c: Context, v: Value, axis: Axis) => Value;
type Lower = (c: Context, node: NodeId, args: readonly NodeId[]) => Value;

const along =
  (difference: Difference, axis: Axis): Lower =>
  (c, _, [e]) =>
    difference(c, value(c, e!), axis);

const width =
  (difference: Difference): Lower =>
  (c, node, [e]) => {
    const v = value(c, e!);
    const type = c.irType(node);
    const size = (axis: Axis) => c.emit("FAbs", type, difference(c, v, axis));
    return c.emit("FAdd", type, size(X), size(Y));
  };

export const DERIVATIVES: Readonly<Record<string, Lower>> = {
  dpdx: along(coarse, X),
  dpdxCoarse: along(coarse, X),
  dpdxFine: along(fine, X),
  dpdy: along(coarse, Y),
  dpdyCoarse: along(coarse, Y),
  dpdyFine: along(fine, Y),
  fwidth: width(coarse),
  fwidthCoarse: width(coarse),
  fwidthFine: width(fine),
};
