/** The depth and stencil tests, and what they write. @see https://www.w3.org/TR/webgpu/#output-merging */
import { type DepthStencilState, type PrimitiveState, writesStencil } from "../depth-stencil-state.ts";
import { aspectFormat, formatOf } from "../formats.ts";
import { type Image, image, imageCode } from "./image-code.ts";
import { BIND } from "./layout.ts";
import { packCode } from "./texel-code.ts";

type Face = DepthStencilState["stencilFront"];
type Compare = Face["compare"];

/** What a pipeline does to its depth and stencil attachment; null where it does nothing. */
export interface DepthStencilPlan {
  readonly depth: { readonly image: Image; readonly compare: Compare; readonly writes: boolean } | null;
  readonly stencil: { readonly image: Image; readonly state: DepthStencilState; readonly tests: boolean; readonly writes: boolean } | null;
}

export function depthStencilPlan(state: DepthStencilState | undefined, primitive: PrimitiveState, samples: number): DepthStencilPlan {
  if (state === undefined) return { depth: null, stencil: null };
  const format = formatOf(state.format);
  const depthFormat = aspectFormat(format, "depth-only");
  const { depthCompare: compare = "always", depthWriteEnabled: writes = false } = state;
  const depth = depthFormat !== null && (writes || compare !== "always");
  const tests = state.stencilFront.compare !== "always" || state.stencilBack.compare !== "always";
  const writesIt = writesStencil(state, primitive);
  const stencil = aspectFormat(format, "stencil-only") !== null && (tests || writesIt);
  return {
    depth: depth ? { image: image("depth", BIND.depth, depthFormat, samples, isRead(compare), writes), compare, writes } : null,
    stencil: stencil
      ? { image: image("stencil", BIND.stencil, "stencil8", samples, true, writesIt), state, tests, writes: writesIt }
      : null,
  };
}

const isRead = (compare: Compare): boolean => compare !== "always" && compare !== "never";

const OPERATORS: Readonly<Record<Compare, string>> = {
  never: "",
  less: "<",
  equal: "==",
  "less-equal": "<=",
  greater: ">",
  "not-equal": "!=",
  "greater-equal": ">=",
  always: "",
};

/** An expression of type bool. */
function comparison(compare: Compare, left: string, right: string): string {
  if (!isRead(compare)) return compare === "always" ? "true" : "false";
  return `${left} ${OPERATORS[compare]} ${right}`;
}

export function depthStencilCode({ depth, stencil }: DepthStencilPlan): string {
  let text = "";
  if (depth !== null) text += imageCode(depth.image) + depthCode(depth.image, depth.compare);
  if (stencil !== null) {
    text += imageCode(stencil.image);
    if (stencil.tests) text += stencilTest(stencil.state);
    if (stencil.writes) text += stencilUpdate(stencil.state);
  }
  return text;
}

/** Depths are compared as the attachment would hold them, so that drawing the same again finds them equal. */
function depthCode({ channels }: Image, compare: Compare): string {
  const isFloat = channels[0]!.kind === "float";
  const pack = `fn pack_depth(z: f32) -> u32 {
  let depth = vec4<f32>(z);
  return ${packCode(channels, "depth")[0]};
}

`;
  const [left, right] = isFloat ? ["z", "bitcast<f32>(load_depth(at))"] : ["pack_depth(z)", "load_depth(at)"];
  return `${pack}fn depth_passes(z: f32, at: u32) -> bool {
  return ${comparison(compare, left, right)};
}

`;
}

const hex = (n: number): string => `0x${(n & 0xff).toString(16)}u`;

function stencilTest({ stencilFront, stencilBack, stencilReadMask }: DepthStencilState): string {
  const mask = hex(stencilReadMask);
  const test = ({ compare }: Face): string => comparison(compare, `(draw.stencil_reference & ${mask})`, `(load_stencil(at) & ${mask})`);
  const front = stencilFront.compare === stencilBack.compare ? "" : `  if front { return ${test(stencilFront)}; }\n`;
  return `fn stencil_passes(front: bool, at: u32) -> bool {
${front}  return ${test(stencilBack)};
}

`;
}

const OPERATIONS: Readonly<Record<Face["passOp"], string>> = {
  keep: "old",
  zero: "0u",
  replace: "draw.stencil_reference",
  invert: "~old",
  "increment-clamp": "min(old + 1u, 255u)",
  "decrement-clamp": "max(old, 1u) - 1u",
  "increment-wrap": "old + 1u",
  "decrement-wrap": "old - 1u",
};

function stencilUpdate({ stencilFront, stencilBack, stencilWriteMask }: DepthStencilState): string {
  const mask = hex(stencilWriteMask);
  const value = ({ failOp, depthFailOp, passOp }: Face, indent: string): string => `\
${indent}if !stencil_ok { value = ${OPERATIONS[failOp]}; }
${indent}else if !depth_ok { value = ${OPERATIONS[depthFailOp]}; }
${indent}else { value = ${OPERATIONS[passOp]}; }
`;
  const [front, back] = [value(stencilFront, "  "), value(stencilBack, "  ")];
  const body = front === back ? front : `  if front {\n${value(stencilFront, "    ")}  } else {\n${value(stencilBack, "    ")}  }\n`;
  return `fn update_stencil(front: bool, stencil_ok: bool, depth_ok: bool, at: u32) {
  let old = load_stencil(at);
  var value = old;
${body}  store_stencil(at, (old & ~${mask}) | (value & ${mask}));
}

`;
}
