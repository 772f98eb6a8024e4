/** Makes a program that differs small: statements go, expressions become parts of themselves or zero, for as long as it still differs. */
import { type Launchable, launchable } from "./differential.ts";
import type { Program } from "./statements.ts";
import { type Node, nodesOf } from "./tree.ts";
import type { Ty } from "./types.ts";

/** @param differs whether a program still shows the difference; it says no for what is not valid */
export function reduce(program: Program, differs: (p: Launchable) => boolean, tries = 4000): Launchable {
  let left = tries;
  const holds = () => left-- > 0 && differs(launchable(program));
  for (let changed = true; changed && left > 0; ) {
    changed = dropStatements(program.root, holds);
    changed = simplify(program.root, holds) || changed;
  }
  return launchable(program);
}

/** Runs of statements go, long ones first. */
function dropStatements(root: Node, holds: () => boolean): boolean {
  let changed = false;
  for (const block of [root, ...nodesOf(root).filter((n) => n.kind === "block" || n.kind === "item")]) {
    for (let size = Math.max(1, block.parts.length >> 1); ; size >>= 1) {
      for (let at = 0; at < block.parts.length; ) {
        const before = block.parts;
        const going = before.slice(at, at + size);
        if (going.some((p) => typeof p === "string" || p.kind === "expr" || p.kind === "block")) {
          at++;
          continue;
        }
        block.parts = [...before.slice(0, at), ...before.slice(at + size)];
        if (holds()) changed = true;
        else {
          block.parts = before;
          at += size;
        }
      }
      if (size <= 1) break;
    }
  }
  return changed;
}

function simplify(root: Node, holds: () => boolean): boolean {
  let changed = false;
  const seen = new Set<Node>();
  const list = [...nodesOf(root)];
  for (const node of list) {
    if (seen.has(node)) continue;
    if (node.kind === "stmt" && hoist(node, holds)) changed = true;
    if (node.kind !== "expr" || node.parts.length < 2) continue;
    const before = node.parts;
    const inside = nodesOf(node).slice(1);
    const candidates: (string | Node)[][] = [];
    if (node.ty) candidates.push([zeroOf(node.ty)]);
    for (const n of inside) if (n.kind === "expr" && n.ty === node.ty) candidates.push([n]);
    for (const candidate of candidates) {
      node.parts = candidate;
      if (holds()) {
        changed = true;
        for (const n of inside) seen.add(n);
        break;
      }
      node.parts = before;
    }
  }
  return changed;
}
/** A statement becomes a block inside it. */
function hoist(node: Node, holds: () => boolean): boolean {
  const before = node.parts;
  for (const part of before) {
    if (typeof part === "string" || part.kind !== "block") continue;
    node.parts = ["{\n", part, "}\n"];
    if (before.length > 3 && holds()) return true;
  }
  node.parts = before;
  return false;
}
const zeroOf = (ty: Ty) => `${ty.name}()`;
