/** Single words: every access at every edge, two decoders over first words, and objects of random words. */
import { encodeObject } from "../../../sandbox/isa/write-object.ts";
import { isAccess, needsOf, widthOf } from "../../../sandbox/machine/access.ts";
import { ARITHMETIC } from "../../../sandbox/machine/lanes.ts";
import { decode, FORM, Word } from "../../../sandbox/verifier/decode.ts";
import { mint } from "../../../sandbox/verifier/token.ts";
import { type Campaign, countOf, percent, seedOf } from "../campaign.ts";
import { wordsOf } from "../drive.ts";
import { exhaust } from "../exhaustive.ts";
import { generate } from "../generate.ts";
import { Oracle } from "../oracle.ts";
import { onReference, shipped } from "../parts.ts";
import { randoms } from "../random.ts";

export const edges: Campaign = {
  id: "P3",
  title: "access words at the edges of their slots",
  run({ level }) {
    const { words, accepted, needless, escapes } = exhaust({ quick: 97, full: 1, nightly: 1 }[level]);
    const broken = needless > 0 ? [...escapes, `${needless} words are rejected without need`] : escapes;
    return { figures: { words, accepted, "rejected without need": needless }, broken };
  },
};

/** What the machine's own decoder says of an op byte, in the verifier's words. */
const MACHINE = Array.from({ length: 256 }, (_, op) => {
  const isMemory = isAccess(op);
  return { isMemory, width: isMemory ? widthOf(op) : 0, needs: isMemory ? needsOf(op) : 0, isAlu: ARITHMETIC.alu[op] !== undefined };
});
const MEMORY_FORMS: readonly number[] = [FORM.load, FORM.store, FORM.atomic, FORM.loadSync];
/** PERM bits that each form needs, by hand. */
const NEEDS: Readonly<Record<number, number>> = { [FORM.load]: 1, [FORM.loadSync]: 1, [FORM.store]: 2, [FORM.atomic]: 4 };

export const decoders: Campaign = {
  id: "P2",
  title: "first words through the verifier's decoder and the machine's",
  run(effort) {
    const count = countOf(effort, { quick: 1 << 18, full: 1 << 26, nightly: 2 ** 32 });
    const { index, of } = effort.shard;
    const first = Math.floor((2 ** 32 / of) * index);
    // an odd stride visits every word once; 1 when all are asked for
    const stride = count * of >= 2 ** 32 ? 1 : 0x9e3779b1;
    const word = new Word();
    const broken: string[] = [];
    for (let i = 0; i < count && broken.length < 10; i++) {
      const low = stride === 1 ? (first + i) >>> 0 : Math.imul(first + i, stride) >>> 0;
      decode(word, 0, low, 0);
      const machine = MACHINE[low & 255]!;
      const isMemory = MEMORY_FORMS.includes(word.form);
      const isSame =
        word.op === (low & 255) &&
        word.d === ((low >>> 8) & 255) &&
        word.a === ((low >>> 16) & 255) &&
        word.b === low >>> 24 &&
        isMemory === machine.isMemory &&
        (word.form === FORM.alu) === machine.isAlu &&
        (!isMemory || (word.is.width === machine.width && NEEDS[word.form] === machine.needs));
      if (!isSame) broken.push(`word 0x${low.toString(16)} is not the same to both`);
      if ((i & 0xffffff) === 0) effort.progress(i, count);
    }
    return { figures: { words: count }, broken };
  },
};

export const randomWords: Campaign = {
  id: "P9",
  title: "code of random words",
  run(effort) {
    const count = countOf(effort, { quick: 20_000, full: 1_000_000, nightly: 100_000_000 });
    const next = randoms(seedOf(effort) + 77);
    const oracle = new Oracle(onReference);
    const broken: string[] = [];
    let accepted = 0;
    for (let i = 0; i < count; i++) {
      const bytes = randomCode(next);
      const found = tryOne(bytes, oracle);
      if (found === undefined) continue;
      if (found === null) accepted++;
      else broken.push(`seed ${effort.seed}, object ${i}: ${found}`);
      if (i % 8192 === 0) effort.progress(i, count);
    }
    return { figures: { objects: count, accepted, "accepted %": percent(accepted, count) }, broken };
  },
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
