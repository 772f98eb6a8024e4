/**
 * What must hold in any SPIR-V module, looked at by a reader of its own: opcodes and shapes are written down here again, from the
 * specification, for the instructions that matter to structure. `spirv-val` says the rest where it is installed.
 */
const OP = {
  memberName: 6,
  entryPoint: 15,
  capability: 17,
  typeVoid: 19,
  typePointer: 32,
  constantTrue: 41,
  constantNull: 46,
  undef: 1,
  variable: 59,
  decorate: 71,
  function: 54,
  parameter: 55,
  functionEnd: 56,
  phi: 245,
  loopMerge: 246,
  selectionMerge: 247,
  label: 248,
  branch: 249,
  branchConditional: 250,
  switch: 251,
  kill: 252,
  unreachable: 255,
} as const;
/** Section of an instruction of module scope, in the order that they must have. */
function sectionOf(op: number): number {
  if (op === 17) return 0;
  if (op === 10) return 1;
  if (op === 11) return 2;
  if (op === 14) return 3;
  if (op === 15) return 4;
  if (op === 16) return 5;
  if (op === 5 || op === 6) return 6;
  if (op === 71 || op === 72) return 7;
  return 8;
}
const NO_RESULT = new Set([5, 6, 10, 14, 15, 16, 17, 56, 62, 71, 72, 224, 228, 246, 247, 249, 250, 251, 252, 253, 254, 255]);
/** A result without a type. */
const UNTYPED = (op: number) => op === 11 || op === OP.label || (op >= 19 && op <= 33);

interface Block {
  readonly label: number;
  readonly successors: number[];
  readonly phis: { readonly parents: number[] }[];
  merge: number;
  continueTo: number;
  isLoop: boolean;
  terminator: number;
}

/** @returns what is wrong; empty when nothing is */
export function checkModule(words: Uint32Array): string[] {
  const errors: string[] = [];
  if (words[0] !== 0x07230203) return ["no magic number"];
  if (words[1] !== 0x00010300) errors.push("not version 1.3");
  const bound = words[3]!;
  const defined = new Set<number>();
  const interned = new Set<string>();
  let section = 0;
  let blocks: Block[] | null = null;
  let block: Block | null = null;
  for (let at = 5; at < words.length; ) {
    const op = words[at]! & 0xffff;
    const count = words[at]! >>> 16;
    if (count === 0 || at + count > words.length) return [...errors, `word ${at}: an instruction of ${count} words`];
    const a = words.subarray(at + 1, at + count);
    if (!NO_RESULT.has(op)) {
      const id = UNTYPED(op) ? a[0]! : a[1]!;
      if (id === 0 || id >= bound) errors.push(`word ${at}: id ${id} is not below the bound ${bound}`);
      if (defined.has(id)) errors.push(`word ${at}: id ${id} is defined twice`);
      defined.add(id);
      if (!UNTYPED(op) && !defined.has(a[0]!)) errors.push(`word ${at}: its type ${a[0]} is not defined before it`);
    }
    if (!blocks) {
      const s = op === OP.function ? 9 : sectionOf(op);
      if (s < section) errors.push(`word ${at}: opcode ${op} stands after a later section`);
      section = Math.max(section, s);
      // types without decorations of their own, and scalar constants, are declared once
      if ((op >= OP.typeVoid && op < 28) || op === OP.typePointer || (op >= OP.constantTrue && op <= 43)) {
        const key = `${op}:${op < 40 ? a.slice(1).join() : [a[0], ...a.slice(2)].join()}`;
        if (interned.has(key)) errors.push(`word ${at}: declared twice`);
        interned.add(key);
      }
    }
    if (op === OP.function) blocks = [];
    else if (op === OP.functionEnd) {
      errors.push(...checkBlocks(blocks!));
      blocks = null;
      section = 9;
    } else if (op === OP.label) {
      if (block) errors.push(`word ${at}: a label inside a block`);
      block = { label: a[0]!, successors: [], phis: [], merge: 0, continueTo: 0, isLoop: false, terminator: 0 };
      blocks!.push(block);
    } else if (blocks && op !== OP.parameter) {
      if (!block) errors.push(`word ${at}: opcode ${op} between blocks`);
      else if (readBlock(block, op, a)) block = null;
    }
    at += count;
  }
  if (blocks) errors.push("a function without an end");
  return errors;
}

/** @returns whether the block ends here */
function readBlock(block: Block, op: number, a: Uint32Array): boolean {
  if (op === OP.phi) block.phis.push({ parents: [...a.slice(2)].filter((_, i) => i % 2 === 1) });
  if (op === OP.loopMerge || op === OP.selectionMerge) {
    block.merge = a[0]!;
    block.isLoop = op === OP.loopMerge;
    block.continueTo = block.isLoop ? a[1]! : 0;
  }
  if (op === OP.branch) block.successors.push(a[0]!);
  if (op === OP.branchConditional) block.successors.push(a[1]!, a[2]!);
  if (op === OP.switch) {
    block.successors.push(a[1]!);
    for (let i = 3; i < a.length; i += 2) block.successors.push(a[i]!);
  }
  if (op < OP.branch || op > OP.unreachable) return false;
  block.terminator = op;
  return true;
}

function checkBlocks(blocks: readonly Block[]): string[] {
  const errors: string[] = [];
  const index = new Map(blocks.map((b, i) => [b.label, i]));
  const preds: number[][] = blocks.map(() => []);
  blocks.forEach((b, i) => {
    for (const s of new Set(b.successors)) {
      const t = index.get(s);
      if (t === undefined) errors.push(`block ${b.label} goes to ${s}, which is no block of the function`);
      else preds[t]!.push(i);
    }
  });
  if (preds[0]!.length > 0) errors.push("the first block is branched to");
  const dominators = dominatorSets(blocks.length, preds);
  const merges = new Set<number>();
  blocks.forEach((b, i) => {
    // order: what dominates a block stands in front of it
    for (const d of dominators[i] ?? []) if (d > i) errors.push(`block ${b.label} stands before ${blocks[d]!.label}, which dominates it`);
    for (const phi of b.phis) {
      const want = preds[i]!.map((p) => blocks[p]!.label).sort((x, y) => x - y);
      const got = [...phi.parents].sort((x, y) => x - y);
      if (want.join() !== got.join()) errors.push(`a phi of block ${b.label} has parents ${got}, not ${want}`);
    }
    if (b.merge !== 0) {
      if (merges.has(b.merge)) errors.push(`${b.merge} is the merge block of two`);
      merges.add(b.merge);
      if (!index.has(b.merge)) errors.push(`merge block ${b.merge} is no block of the function`);
      if (b.isLoop && !index.has(b.continueTo)) errors.push(`continue target ${b.continueTo} is no block of the function`);
      if (b.terminator > OP.switch) errors.push(`header ${b.label} ends in no branch`);
    }
    if (b.terminator === OP.switch && (b.merge === 0 || b.isLoop)) errors.push(`the switch in block ${b.label} has no merge block`);
    for (const s of b.successors) {
      const t = index.get(s) ?? -1;
      if (t >= 0 && t <= i && !blocks[t]!.isLoop) errors.push(`block ${b.label} goes back to ${s}, which is no loop header`);
    }
  });
  return errors;
}
/** By iteration: slow and plain. Unreachable blocks have none. */
function dominatorSets(n: number, preds: readonly number[][]): (Set<number> | undefined)[] {
  const sets: (Set<number> | undefined)[] = new Array(n);
  sets[0] = new Set([0]);
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 1; i < n; i++) {
      const known = preds[i]!.map((p) => sets[p]).filter((s) => s !== undefined);
      if (known.length === 0) continue;
      const next = new Set([...known[0]!].filter((d) => known.every((s) => s.has(d))));
      next.add(i);
      if (sets[i]?.size === next.size) continue;
      sets[i] = next;
      changed = true;
    }
  }
  return sets;
}
