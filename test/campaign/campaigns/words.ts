/** Single words: every access at every edge, two decoders over first words, and objects of random words. */
import { SLOT_KIND } from "../../../sandbox/isa/modes.ts";
import { encodeObject } from "../../../sandbox/isa/write-object.ts";
import { isAccess, needsOf, widthOf } from "../../../sandbox/machine/access.ts";
import { ARITHMETIC } from "../../../sandbox/machine/lanes.ts";
import type { Region } from "../../../sandbox/machine/launch.ts";
import { runReference } from "../../../sandbox/machine/reference.ts";
import { MachineAlarm } from "../../../sandbox/machine/wave.ts";
import { decode, FORM, MEMORY, Word } from "../../../sandbox/verifier/decode.ts";
import { mint } from "../../../sandbox/verifier/token.ts";
import { assembleOrThrow } from "../../sandbox/harness.ts";
import { type Campaign, inPieces, percent, seedOfPiece } from "../campaign.ts";
import { wordsOf } from "../drive.ts";
import { EDGE_MINIMUMS, exhaust, MINIMUMS } from "../exhaustive.ts";
import { generate } from "../generate.ts";
import { Oracle } from "../oracle.ts";
import { onReference, shipped } from "../parts.ts";
import { randoms } from "../random.ts";

export const edges: Campaign = {
  id: "P3",
  title: "access words at the edges of their slots",
  run(effort) {
    const isQuick = effort.level === "quick";
    const minimums = isQuick ? EDGE_MINIMUMS : MINIMUMS;
    // a piece is one minimum; the quick set takes few of the words of each
    const counts = { quick: minimums.length, full: minimums.length, nightly: minimums.length };
    return inPieces({ ...effort, count: undefined }, counts, 1, (piece) => {
      const { words, accepted, needless, escapes } = exhaust({ minimums: [minimums[piece]!], step: QUICK_STEP[effort.level] });
      const broken = needless > 0 ? [...escapes, `${needless} words are rejected without need`] : escapes;
      return { figures: { words, accepted, "rejected without need": needless }, broken: broken.slice(0, 10) };
    });
  },
};
/** One word in so many. */
const QUICK_STEP = { quick: 199, full: 29, nightly: 1 };

/** What the machine's own decoder says of an op byte, in the verifier's words. */
const MACHINE = Array.from({ length: 256 }, (_, op) => {
  const isMemory = isAccess(op);
  return { isMemory, width: isMemory ? widthOf(op) : 0, needs: isMemory ? needsOf(op) : 0, isAlu: ARITHMETIC.alu[op] !== undefined };
});
/** PERM bits that each form needs, by hand. */
const NEEDS: Readonly<Record<number, number>> = { [FORM.load]: 1, [FORM.loadSync]: 1, [FORM.store]: 2, [FORM.atomic]: 4 };

/** Whether the machine executes an op byte at all: it is let loose on one. */
function isExecuted(op: number): boolean {
  const asm = `.registers v=8 w=8 g=8\n.slot 0 workgroup read write atomic min=64\n.loose\n.func main\n .word ${op} 0\n ret\n.end`;
  const { debug: _, ...program } = assembleOrThrow(asm);
  const region: Region = { base: 0, size: 64, stride: 0, kind: SLOT_KIND.workgroup, permissions: 7, generation: 0 };
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  try {
    runReference(mint(program), { memory, regions: [region], save: region, grid: [1, 1, 1], fuel: 10 });
    return true;
  } catch (error) {
    return !(error instanceof MachineAlarm && error.message.includes("no such instruction"));
  }
}

/** Words in a piece. */
const DECODED = 2 ** 24;
/** Odd, so that multiples of it visit every word once: few of them are spread over all. */
const STRIDE = 0x9e3779b1;

export const decoders: Campaign = {
  id: "P2",
  title: "first words through the verifier's decoder and the machine's",
  run(effort) {
    const executed = Array.from({ length: 256 }, (_, op) => isExecuted(op));
    return inPieces(effort, { quick: 2 ** 18, full: 2 ** 27, nightly: 2 ** 32 }, DECODED, (piece, size) => {
      const broken: string[] = [];
      const from = piece * DECODED;
      for (let i = from; i < from + size && broken.length < 10; i++) {
        const low = Math.imul(i, STRIDE) >>> 0;
        if (!isSameToBoth(low, executed)) broken.push(`word 0x${low.toString(16)} is not the same to both`);
      }
      return { figures: { words: size, disagreements: broken.length }, broken };
    });
  },
};

const word = new Word();

function isSameToBoth(low: number, executed: readonly boolean[]): boolean {
  decode(word, 0, low, 0);
  const op = low & 255;
  const machine = MACHINE[op]!;
  const isMemory = (word.form & MEMORY) !== 0;
  return (
    word.op === op &&
    word.d === ((low >>> 8) & 255) &&
    word.a === ((low >>> 16) & 255) &&
    word.b === low >>> 24 &&
    (word.form !== FORM.none) === executed[op] &&
    isMemory === machine.isMemory &&
    (word.form === FORM.alu) === machine.isAlu &&
    (!isMemory || (word.is.width === machine.width && NEEDS[word.form] === machine.needs))
  );
}

export const randomWords: Campaign = {
  id: "P9",
  title: "code of random words",
  run(effort) {
    const oracle = new Oracle(onReference);
    return inPieces(effort, { quick: 20_000, full: 1_000_000, nightly: 100_000_000 }, 50_000, (piece, size) => {
      const next = randoms(seedOfPiece(effort, piece));
      const broken: string[] = [];
      let accepted = 0;
      for (let i = 0; i < size; i++) {
        const found = tryOne(randomCode(next), oracle);
        if (found === null) accepted++;
        else if (found !== undefined) broken.push(`seed ${effort.seed}, piece ${piece}, object ${i}: ${found}`);
      }
      return { figures: { objects: size, accepted }, broken };
    });
  },
  rates: ({ objects = 0, accepted = 0 }) => ({ "accepted %": percent(accepted, objects) }),
};

const OPERANDS: readonly number[] = [0, 0, 0, 1, 2, 3, 4, 128, 129, 192, 193];
/** 64 random bits; or a random op byte with operands that may exist, since hardly any of the former is an instruction. */
function randomWord(next: () => number, isRaw: boolean): [low: number, high: number] {
  if (isRaw) return [next(), next()];
  const operand = () => OPERANDS[next() % OPERANDS.length]!;
  const low = ((next() & 255) | (operand() << 8) | (operand() << 16) | (operand() << 24)) >>> 0;
  return [low, [0, next() & 15, next() & 0xf00000ff, next()][next() % 4]! >>> 0];
}

/** The tables of a valid object, and one to four random words before its last. */
function randomCode(next: () => number): Uint8Array {
  const parts = generate(next);
  const count = 1 + (next() % 4);
  const isRaw = next() % 4 === 0;
  const words = Array.from({ length: count }, () => randomWord(next, isRaw)).flat();
  const code = Uint32Array.from([...words, ...parts.code.slice(-2)]);
  const info = { ...parts.functions[0]!, first: 0, count: count + 1 };
  return encodeObject({ ...parts, code, functions: [info] });
}

/** @returns undefined when it was rejected, null when nothing escaped */
function tryOne(bytes: Uint8Array, oracle: Oracle): string | undefined | null {
  try {
    const checked = shipped.check(bytes);
    return checked.ok ? (oracle.judge(mint(checked.program), wordsOf(bytes)) ?? null) : undefined;
  } catch (error) {
    return `the verifier threw ${error}`;
  }
}
